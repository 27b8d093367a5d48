// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace lifeguard {

/// Returns the environment with which a process was started (/proc/PID/environ), as NAME=VALUE. Returns nothing if it
/// cannot be read. It is empty for a moment while the process executes a program.
[[nodiscard]] std::optional<QList<QByteArray>> processEnvironment(qint64 pid);

/// Returns the value of a variable in the environment with which a process was started (/proc/PID/environ). Returns
/// nothing if the process does not have the variable, has ended, or belongs to another user.
[[nodiscard]] std::optional<QByteArray> processEnvironmentValue(qint64 pid, const QByteArray &name);

} // namespace lifeguard
