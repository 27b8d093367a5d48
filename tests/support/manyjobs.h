// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "tests/support/queuetest.h"

#include <QList>

namespace lifeguard::test {

/// The number of jobs that addManyJobs() adds.
constexpr int manyJobs = 173;

/// Adds jobs with many ties, and with NULL in every column that accepts it. The same jobs each time.
void addManyJobs(RawSql &raw, bool acceptsCancelled);

[[nodiscard]] QList<qint64> idsOf(const QList<Job> &jobs);

} // namespace lifeguard::test
