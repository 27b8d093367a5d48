// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// The text of a file: UTF-8, or Latin-1 where it is none, as older diagrams and notebooks are written.
[[nodiscard]] QString decodedText(const QByteArray &bytes);

} // namespace lifeguard
