// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Text with what looks like a secret replaced by ***: passwords in addresses (https://user:***@host), bearer tokens, values of names
/// such as password, token or API_KEY, and the well-known forms of keys. For text that people paste into reports: it masks too
/// much rather than too little, and promises nothing.
[[nodiscard]] QString maskedText(const QString &text);

/// A command line on one line, masked as maskedText() does, and the argument after --password and the like. Arguments with blanks are
/// quoted, very long ones are cut.
[[nodiscard]] QString maskedCommandLine(const QStringList &arguments);

} // namespace lifeguard
