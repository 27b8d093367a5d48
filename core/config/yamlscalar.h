// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the text as a YAML value that is read as exactly this text: as it is if that is unambiguous, otherwise in
/// double quotes.
[[nodiscard]] QString yamlScalar(const QString &text);

} // namespace lifeguard
