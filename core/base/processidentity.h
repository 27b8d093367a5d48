// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>

namespace lifeguard {

/// A process, named so that a reused pid, another boot or another container's pid namespace cannot be mistaken for it
/// (shared/PROTOCOL.md: "A process is the one we mean only if pid, start time, boot id and pid namespace agree").
struct ProcessIdentity
{
    qint64 pid = 0;
    quint64 startTime = 0; ///< field 22 of /proc/PID/stat: clock ticks after boot
    QString bootId; ///< /proc/sys/kernel/random/boot_id
    QString pidNamespace; ///< /proc/self/ns/pid, "pid:[4026531836]"

    bool operator==(const ProcessIdentity &) const = default;
    [[nodiscard]] bool isNull() const { return pid <= 0; }

    /// "PID:START:BOOT:NS", as in the environment variable LIFEGUARD_MANAGER.
    [[nodiscard]] QString toString() const;
    [[nodiscard]] static std::optional<ProcessIdentity> fromString(const QString &text);

    [[nodiscard]] static ProcessIdentity self();
    /// The process that has this pid now; nothing if there is none (a zombie counts as none).
    [[nodiscard]] static std::optional<ProcessIdentity> of(qint64 pid);
};

/// What can be known from here of a process named by somebody else.
enum class ProcessPresence {
    Alive,
    Gone,
    Unknown, ///< in another pid namespace or of another boot or host: we cannot see it
};

[[nodiscard]] ProcessPresence presenceOf(const ProcessIdentity &identity);

} // namespace lifeguard
