// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns the text with everything that looks like a secret replaced by ***: passwords in URLs
/// (https://user:***@host), bearer tokens, the values of names such as password, token or API_KEY and of options such
/// as
/// --password, and keys of well-known formats. Meant for texts that users paste into reports. It masks too much rather
/// than too little, but cannot guarantee that no secret is left.
[[nodiscard]] QString maskSecrets(const QString &text);

/// Returns the arguments of a command, masked like maskSecrets(), together with the arguments that follow --password
/// and similar options.
[[nodiscard]] QStringList maskedArguments(const QStringList &arguments);

/// Returns the JSON value with all its texts masked. Arrays of texts are masked like arguments, which includes the
/// variables of an environment; members whose name is that of a secret are masked as a whole.
[[nodiscard]] QJsonValue maskedJson(const QJsonValue &value);

/// Returns a command line as one line, masked like maskSecrets(), together with the arguments that follow --password
/// and similar options. Arguments that contain spaces are quoted, very long arguments are truncated.
[[nodiscard]] QString maskedCommandLine(const QStringList &arguments);

} // namespace lifeguard
