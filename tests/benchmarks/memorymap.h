// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>

namespace lifeguard::bench {

/// What the memory of a process is used for, by /proc/PID/smaps. All numbers are bytes.
struct MemoryMap
{
    qint64 filesResident = 0; ///< of programs and libraries, shared with other processes or not
    qint64 filesPrivate = 0; ///< the data of programs and libraries, changed by the dynamic linker or since
    qint64 heapPrivate = 0; ///< of malloc: [heap] and mappings without a file
    qint64 stackPrivate = 0; ///< of the first thread; other stacks count as heap

    [[nodiscard]] static MemoryMap of(qint64 pid);
    /// Pure.
    [[nodiscard]] static MemoryMap fromSmaps(const QByteArray &smaps);
};

} // namespace lifeguard::bench
