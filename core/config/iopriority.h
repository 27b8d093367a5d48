// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// How the kernel orders the disk accesses of workers, if the I/O scheduler of the disk supports priorities.
enum class IoPriority {
    Normal, ///< as for other programs: the kernel derives the priority from the nice value
    Low, ///< the lowest level of the class best-effort, "ionice -c 2 -n 7"
    Idle, ///< only when no other program accesses the disk, "ionice -c 3"
};

/// Returns "normal", "low" or "idle".
[[nodiscard]] QString toString(IoPriority priority);

} // namespace lifeguard
