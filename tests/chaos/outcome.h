// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/testbed.h"

#include <QMap>

namespace lifeguard::chaos {

/// The outcome of a run.
struct Outcome
{
    qint64 completed = 0;
    qint64 lost = 0; ///< jobs that are not completed
    qint64 repeatedJobs = 0; ///< jobs on which workers began to work more than once
    qint64 restartsByDeath = 0; ///< times a job was begun again because its worker died or hung
    qint64 restartsByFullDisk = 0; ///< times a job failed because the disk was full and was retried
    qint64 restartsByKilledTool = 0; ///< times a job failed because its tool was killed and was retried
    qint64 returnedClaims = 0; ///< claims that were returned before work on the job began
    qint64 discardedResults = 0; ///< results of workers that had lost their lease
    QMap<QString, qint64> deaths; ///< number of dead workers by cause
    QStringList violations; ///< descriptions of everything that must not happen

    [[nodiscard]] bool isGood() const { return lost == 0 && violations.isEmpty(); }
};

/// Checks that every job was completed exactly once with the right output, that every attempt is explained by an event,
/// and that no file and no process is left behind. Call it after the managers have ended.
[[nodiscard]] Outcome checkOutcome(Testbed &testbed);

} // namespace lifeguard::chaos
