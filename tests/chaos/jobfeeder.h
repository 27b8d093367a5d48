// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "tests/chaos/testbed.h"

#include <QElapsedTimer>
#include <QSet>

namespace lifeguard::chaos {

/// Adds jobs while faults are injected, and retries those that failed because of a fault. A job depends only on its id
/// and the seed, so that its output is the same in each database of a run.
class JobFeeder
{
public:
    explicit JobFeeder(Testbed &testbed);

    /// Adds jobs if few are left, unless the database is locked.
    void feed();
    /// Retries the jobs whose tool was killed, as a user would. Jobs that failed for another reason stay failed.
    void retryKilledTools();
    /// Adds the jobs of the previous database that had not been completed to a new and empty one, with their ids.
    [[nodiscard]] Status carryOver(const QSet<qint64> &completed);

    /// Returns how many jobs there are: their ids are 1 to this number.
    [[nodiscard]] qint64 jobCount() const { return m_count; }
    /// Returns the jobs that were completed in a previous database and are not contained in the present one.
    [[nodiscard]] const QSet<qint64> &carried() const { return m_carried; }
    [[nodiscard]] qint64 retriedJobs() const { return m_retried; }
    [[nodiscard]] bool hasDiagrams() const { return m_hasPlantUml; }
    [[nodiscard]] bool isDiagram(qint64 id) const { return m_hasPlantUml && id % 25 == 0; }
    /// Returns the path of a job's output, relative to the workspace.
    [[nodiscard]] QString outputName(qint64 id) const;
    /// Returns whether the content is the output of the job.
    [[nodiscard]] bool isOutput(qint64 id, const QByteArray &content) const;

private:
    [[nodiscard]] NewJob job(qint64 id) const;

    Testbed &m_testbed;
    const bool m_hasPlantUml;
    SystemClock m_clock;
    QElapsedTimer m_sinceFeed;
    qint64 m_count = 0; ///< the highest id so far, even if the present database was restored and ends before it
    qint64 m_retried = 0;
    QSet<qint64> m_carried;
};

} // namespace lifeguard::chaos
