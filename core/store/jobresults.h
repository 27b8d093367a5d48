// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/model/jobresult.h"
#include "core/store/database.h"

#include <QList>

namespace lifeguard {

/// What jobs made, and the notes about it (lifeguard_job_outputs, lifeguard_job_notes). Rows of a job are removed when
/// it becomes pending again or is deleted, by triggers. Synchronous; on the thread of its database.
class JobResults
{
public:
    explicit JobResults(Database &database) : m_db(database) {}

    /// Stores the result of a job, in place of an earlier one. Also writes the warnings, or else the notes, to
    /// jobs.result, in the form in which CLM's workers write their warnings and `clm build` shows them.
    [[nodiscard]] Status store(const Job &job, const JobResult &result);
    /// Returns the result of a job; empty if it has none.
    [[nodiscard]] Result<JobResult> of(qint64 jobId);
    /// Returns the notes that were stored after the one with this id, in their order; limit: at most so many.
    [[nodiscard]] Result<QList<JobNote>> notesAfter(qint64 id, int limit);
    /// Returns the id of the latest note; 0 if there is none.
    [[nodiscard]] Result<qint64> latestNote();

private:
    [[nodiscard]] Status addNotes(const Job &job, const QStringList &notes, const QString &cacheNote);
    [[nodiscard]] Status setWarnings(const Job &job, const QJsonArray &warnings);

    Database &m_db;
};

} // namespace lifeguard
