// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/systemclock.h"

#include <time.h>

namespace lifeguard {
namespace {

milliseconds readClock(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return milliseconds(qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000);
}

} // namespace

milliseconds SystemClock::steadyNow() const
{
    return readClock(CLOCK_MONOTONIC);
}

milliseconds SystemClock::bootNow() const
{
    return readClock(CLOCK_BOOTTIME);
}

QDateTime SystemClock::utcNow() const
{
    return QDateTime::currentDateTimeUtc();
}

} // namespace lifeguard
