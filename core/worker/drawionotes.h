// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

/// Returns what users should know about the picture of a drawing, as sentences: what was left out, shrunk or drawn in
/// another way. facts: as reported by lifeguard-drawio (packaging/drawio/lifeguard_drawio/exporter.py); unknown facts
/// are ignored. Pure.
[[nodiscard]] QStringList drawioNotes(const QJsonObject &facts);

/// Returns the note that only one of the pages of a drawing was drawn. pages: their number.
[[nodiscard]] QString undrawnPagesNote(int pages);

} // namespace lifeguard
