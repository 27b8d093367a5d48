// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QMap>
#include <QString>

namespace lifeguard {

/// The maximum size of a file with variables, in bytes.
inline constexpr qint64 maxEnvFileBytes = 256 * 1024;

/// Parses a file with variables, in the syntax of docker's option --env-file: one NAME=VALUE per line. Empty lines and
/// lines that begin with # are ignored, and of two values of a variable, the last one counts. In addition, a value may
/// be in quotes, which are removed: in single quotes, every character stands for itself; in double quotes, the escapes
/// \n, \t, \" and \\ are replaced. A name without a value, which docker takes from its own environment, is an error.
/// The errors name the line, and never contain a value.
[[nodiscard]] Result<QMap<QString, QString>> parseEnvFile(const QByteArray &content);

/// Reads such a file. A file that other users can change is refused (core/base/trustedfile.h). The errors name the
/// file. May block on slow disks.
[[nodiscard]] Result<QMap<QString, QString>> readEnvFile(const QString &path);

} // namespace lifeguard
