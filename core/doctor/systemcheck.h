// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/finding.h"

namespace lifeguard {

/// What the machine offers to direct workers.
struct SystemFacts
{
    int cpuCount = 1;
    qint64 memory = 0; ///< bytes; 0: unknown
    bool canLimitMemory = false; ///< this user can create cgroups that limit memory
    bool canLimitCpu = false;
    quint64 openFiles = 0; ///< the highest limit of open files that this user may set
    bool hasStackTool = false; ///< eu-stack or gdb is installed

    bool operator==(const SystemFacts &) const = default;
};

/// Collects the facts. Creates cgroups and removes them again. Blocks for some milliseconds.
[[nodiscard]] SystemFacts readSystemFacts();
/// Returns the findings about the machine.
[[nodiscard]] QList<Finding> systemFindings(const SystemFacts &facts);

} // namespace lifeguard
