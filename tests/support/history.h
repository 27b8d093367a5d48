// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

namespace lifeguard::test {

constexpr qint64 secondsOfADay = 86400;

/// Adds jobs that have ended some days ago. Foreign ones are added as CLX does.
void addEnded(QueueTest &t, const QString &status, int days, int count, bool isForeign = false,
              const QString &payload = s("{}"));
/// Returns the number of jobs in the database.
[[nodiscard]] int countJobs(QueueTest &t);

} // namespace lifeguard::test
