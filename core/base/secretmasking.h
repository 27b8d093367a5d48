// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns the text with everything that looks like a secret replaced by ***: passwords in URLs
/// (https://user:***@host), bearer tokens, the values of names such as password, token or API_KEY, and keys of
/// well-known formats. Meant for texts that users paste into reports. It masks too much rather than too little, but
/// cannot guarantee that no secret is left.
[[nodiscard]] QString maskSecrets(const QString &text);

/// Returns a command line as one line, masked like maskSecrets(), together with the arguments that follow --password
/// and similar options. Arguments that contain spaces are quoted, very long arguments are truncated.
[[nodiscard]] QString maskedCommandLine(const QStringList &arguments);

} // namespace lifeguard
