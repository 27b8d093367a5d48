// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/convertersettings.h"

#include <QJsonObject>
#include <QString>

namespace lifeguard {

/// Returns the rules by which the cells of a notebook are selected: "clm", "clx" or "lifeguard". They are those of the
/// pool or, if it does not set them, of the program that has added the job, which its payload shows: CLM writes keys
/// that no other program has, and CLX always writes other_files, but not the name of the output. Pure.
[[nodiscard]] QString notebookRules(const QJsonObject &payload, const ConverterSettings &settings);

/// Returns a text that changes with everything in the payload and in the rules that changes the output of a notebook
/// and that the content hashes of CLX and Lifeguard do not cover. Pure.
[[nodiscard]] QString notebookRulesText(const QJsonObject &payload, const ConverterSettings &settings);

} // namespace lifeguard
