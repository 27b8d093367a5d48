// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>

namespace lifeguard {

/// Identifies a process beyond its pid: a process with a reused pid, of another boot or of another container's pid
/// namespace has another identity (docs/protocol.md, "Starting, stopping, killing").
struct ProcessIdentity
{
    qint64 pid = 0;
    quint64 startTime = 0; ///< field 22 of /proc/PID/stat: clock ticks after boot
    QString bootId; ///< /proc/sys/kernel/random/boot_id
    QString pidNamespace; ///< /proc/self/ns/pid, "pid:[4026531836]"

    bool operator==(const ProcessIdentity &) const = default;
    [[nodiscard]] bool isNull() const { return pid <= 0; }

    /// Returns "PID:START:BOOT:NS", the format of the environment variable LIFEGUARD_MANAGER.
    [[nodiscard]] QString toString() const;
    /// Parses the text that toString() returns. Returns nothing if it is malformed.
    [[nodiscard]] static std::optional<ProcessIdentity> fromString(const QString &text);

    [[nodiscard]] static ProcessIdentity self();
    /// Returns the identity of the process that currently has this pid; nothing if there is none or it is a zombie.
    [[nodiscard]] static std::optional<ProcessIdentity> of(qint64 pid);
};

/// Whether a process exists, as far as this process can determine.
enum class ProcessPresence {
    Alive,
    Gone,
    Unknown, ///< the process cannot be seen from here: another pid namespace, boot or host, or /proc hides it or cannot
             ///< be read
};

/// Returns whether the process is one of this boot and this pid namespace, so that its pid has the same meaning here.
[[nodiscard]] bool isOfThisNamespace(const ProcessIdentity &identity);
[[nodiscard]] ProcessPresence presenceOf(const ProcessIdentity &identity);

} // namespace lifeguard
