// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns the notes for a job, as sentences, from those of the notebook helper, which are objects with a code and
/// facts. Repeated notes, and notes with codes that other functions know, are left out.
[[nodiscard]] QStringList clmNotes(const QJsonArray &notes);

/// Returns the warnings for jobs.result: those of the notebook helper, which are CLM's own, and the other notes that
/// are problems.
[[nodiscard]] QJsonArray clmWarnings(const QJsonArray &warnings, const QStringList &notes);

/// Returns the notes that are problems and have no CLM warning.
[[nodiscard]] QJsonArray notesWithoutWarning(const QJsonArray &notes);

} // namespace lifeguard
