// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

#include <chrono>

namespace lifeguard::bench {

/// The time since its creation or restart().
class Stopwatch
{
public:
    void restart() { m_begin = Clock::now(); }
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - m_begin).count(); }
    [[nodiscard]] double milliseconds() const { return seconds() * 1000; }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_begin = Clock::now();
};

/// Returns the value below which the share p (0 to 1) of the values lies; 0 without values.
[[nodiscard]] double percentile(QList<double> values, double p);
[[nodiscard]] inline double median(const QList<double> &values)
{
    return percentile(values, 0.5);
}

/// The use of a process. The bytes include those of children that it has waited for.
struct ProcessUse
{
    double cpuSeconds = 0; ///< user and system time of all threads, without children
    qint64 bytesWritten = 0; ///< write_bytes of /proc/PID/io: what reached, or will reach, the disk
    qint64 bytesPassedToWrite = 0; ///< wchar of /proc/PID/io, also to pipes and sockets
    qint64 bytesReadFromDisk = 0; ///< read_bytes of /proc/PID/io
    qint64 bytesRead = 0; ///< rchar of /proc/PID/io, from the cache, the disk, /proc, pipes and sockets
    qint64 residentBytes = 0; ///< Rss of smaps_rollup
    qint64 privateBytes = 0; ///< Private_Clean + Private_Dirty of smaps_rollup

    [[nodiscard]] static ProcessUse of(qint64 pid);
};

} // namespace lifeguard::bench
