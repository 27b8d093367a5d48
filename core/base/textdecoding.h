// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// Decodes the content of a text file as UTF-8, or as Latin-1 if it is not valid UTF-8, as in older diagrams and
/// notebooks.
[[nodiscard]] QString decodeText(const QByteArray &bytes);

} // namespace lifeguard
