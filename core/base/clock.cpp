// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

#include <time.h>

namespace lifeguard {

milliseconds SystemClock::steadyNow() const
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return milliseconds(qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000);
}

QDateTime SystemClock::utcNow() const
{
    return QDateTime::currentDateTimeUtc();
}

} // namespace lifeguard
