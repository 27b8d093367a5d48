// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/futex.h"

#include <algorithm>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard::futex {
namespace {

static_assert(std::atomic<quint32>::is_always_lock_free && sizeof(std::atomic<quint32>) == sizeof(quint32));

/// Returns the time on the clock of FUTEX_WAIT_BITSET, which expects the end of a wait instead of its length.
timespec timeAfter(std::chrono::microseconds duration)
{
    constexpr long nanosecondsPerSecond = 1'000'000'000;
    constexpr qint64 microsecondsPerSecond = 1'000'000;
    timespec time = {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    const qint64 microseconds = std::max<qint64>(duration.count(), 0);
    time.tv_sec += static_cast<time_t>(microseconds / microsecondsPerSecond);
    time.tv_nsec += static_cast<long>(microseconds % microsecondsPerSecond * 1000);
    if (time.tv_nsec >= nanosecondsPerSecond) {
        time.tv_nsec -= nanosecondsPerSecond;
        ++time.tv_sec;
    }
    return time;
}

} // namespace

bool wait(std::atomic<quint32> &word, quint32 expected, std::optional<std::chrono::microseconds> longest,
          quint32 groups)
{
    const timespec end = longest ? timeAfter(*longest) : timespec{};
    return syscall(SYS_futex, reinterpret_cast<quint32 *>(&word), FUTEX_WAIT_BITSET, expected, longest ? &end : nullptr,
                   nullptr, groups)
        == 0;
}

int wake(std::atomic<quint32> &word, int count, quint32 groups)
{
    const long woken = syscall(SYS_futex, reinterpret_cast<quint32 *>(&word), FUTEX_WAKE_BITSET, count, nullptr,
                               nullptr, groups);
    return static_cast<int>(std::max(woken, 0L));
}

} // namespace lifeguard::futex
