// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cgrouplayout.h"
#include "core/model/message.h"

#include <functional>
#include <optional>

namespace lifeguard {

/// What the kernel's out-of-memory killer has done so far in the memory cgroup of this process or, if that has no
/// limit, on the whole machine.
struct MemoryState
{
    CgroupKills kills;
    qint64 limitMb = 0; ///< of the cgroup; 0: it has no limit

    bool operator==(const MemoryState &) const = default;
};

/// Reads the state from /proc and /sys. Takes some tens of microseconds. Any thread.
[[nodiscard]] MemoryState readMemoryState();

/// Determines whether the out-of-memory killer has killed a process in the worker's cgroup, or on the machine, during a
/// job.
class MemoryKills
{
public:
    explicit MemoryKills(std::function<MemoryState()> read = readMemoryState) : m_read(std::move(read)) {}

    /// Call it when a job begins.
    void begin() { m_killsBefore = m_read().kills.kills; }
    /// Returns why a process was killed since begin(); std::nullopt if none was. isToolKilled: the tool itself ended by
    /// SIGKILL. Otherwise, a kill elsewhere on the machine does not explain its failure.
    [[nodiscard]] std::optional<Message> reason(bool isToolKilled) const;

private:
    std::function<MemoryState()> m_read;
    quint64 m_killsBefore = 0;
};

} // namespace lifeguard
