// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/jobfeeder.h"
#include "tests/chaos/testbed.h"

#include <QMap>
#include <QStringList>

namespace lifeguard::chaos {

/// The outcome of a run.
struct Outcome
{
    qint64 completed = 0; ///< jobs whose acknowledgement is in the last database, or in one that ended before it began
    qint64 lost = 0; ///< jobs that are not completed, or whose output is missing
    qint64 doneTwice = 0; ///< jobs that were acknowledged more than once in the same database
    qint64 repeatedJobs = 0; ///< jobs on which workers began to work more than once
    qint64 returnedClaims = 0; ///< claims that did not count, for example because the disk was full
    qint64 discardedResults = 0; ///< results of workers that had lost their lease
    QMap<QString, qint64> deaths; ///< number of dead workers by cause
    QStringList violations; ///< descriptions of everything that must not happen
};

/// Checks that every job was completed exactly once with the right output, and that every attempt is explained by an
/// event. Call it after the managers have ended.
[[nodiscard]] Outcome checkOutcome(Testbed &testbed, const JobFeeder &feeder);

} // namespace lifeguard::chaos
