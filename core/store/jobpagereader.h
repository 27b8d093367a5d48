// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/jobinspection.h"
#include "core/store/jobpage.h"

namespace lifeguard {

/// Reads the table of jobs in pages, sorted and filtered by SQL. Synchronous; on the thread of its database.
class JobPageReader
{
public:
    explicit JobPageReader(Database &database) : m_db(database) {}

    /// The number of jobs with a text up to which a page and its counts read the table once, not once each.
    static constexpr int maxListedJobs = 2000;

    /// Returns a page of the rows as they are now; request.order is ignored.
    [[nodiscard]] Result<JobPage> page(const JobPageRequest &request);
    /// Returns the ids of all matching jobs in this order: 8 bytes per job.
    [[nodiscard]] Result<QList<qint64>> order(const JobFilter &filter, const JobSort &sort, const QDateTime &now);
    /// Returns the ids, each once, beginning with the first ones.
    [[nodiscard]] static QList<qint64> beginningWith(const QList<qint64> &first, const QList<qint64> &ids);
    /// Returns the jobs in the order of the ids; deleted jobs have only their id.
    [[nodiscard]] Result<QList<Job>> byIds(const QList<qint64> &ids);
    [[nodiscard]] Result<JobCounts> counts(const JobFilter &filter);
    /// Returns the highest id of all jobs; 0 if there is none.
    [[nodiscard]] Result<qint64> newestId();
    [[nodiscard]] Result<JobInspection> inspect(const JobInspectionRequest &request);

private:
    [[nodiscard]] Result<JobCounts> storedCounts(const JobFilter &filter);
    struct Group;
    struct Selection;
    [[nodiscard]] Result<Selection> selectionOf(const JobFilter &filter);
    [[nodiscard]] Result<JobCounts> counts(const JobFilter &filter, const Selection &selection);
    [[nodiscard]] Status read(const Group &group, JobPage &page);
    [[nodiscard]] Status readActiveFirst(const JobPageRequest &request, const Selection &selection, JobPage &page);
    [[nodiscard]] Result<qint64> number(const char *name, const QStringList &options, const Values &values);

    Database &m_db;
};

} // namespace lifeguard
