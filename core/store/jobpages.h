// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/store/database.h"

#include <QVariant>

namespace lifeguard {

/// What the table of jobs can be sorted by.
enum class JobColumn {
    ActiveFirst, ///< those being worked on, then the newest: the order of no column
    State,
    Id,
    Type,
    Priority,
    Input,
    Output,
    Tries,
    Worker,
    Waiting, ///< how long until it was claimed
    Running, ///< how long it took
    Added,
    Error,
};

struct JobSort
{
    JobColumn column = JobColumn::ActiveFirst;
    bool descending = true; ///< of no meaning for ActiveFirst

    bool operator==(const JobSort &) const = default;
};

/// The place of a row in an order: what it is sorted by, and its id. Only meant to be handed back.
struct JobKey
{
    QVariant value;
    qint64 id = 0;

    bool operator==(const JobKey &) const = default;
};

/// Asks for a page of the jobs that match, in an order. Where the neighbour page is known its key says where to go on, which
/// costs no more a million rows further down; else the offset does.
struct JobPageRequest
{
    JobFilter filter; ///< its limit does not count here
    JobSort sort;
    std::optional<JobKey> after; ///< the rows that follow this one
    std::optional<JobKey> before; ///< the rows that come just before this one
    qint64 offset = 0; ///< where neither is given
    int limit = 200;
    bool withCounts = false; ///< also how many match
    QDateTime now; ///< what "until now" means in the orders by time; the same for all pages of one order
    quint64 token = 0; ///< of the question (filter and sort): a higher one makes those with lower ones moot
    /// 0: the rows as they are. Else the number of an order that holds still: it is made when first asked for, and all its
    /// pages are cut from it by offset, whatever happens to the jobs meanwhile.
    quint64 order = 0;
    QList<qint64> head; ///< ids that the held order begins with: what the user sees already
};

struct JobPage
{
    QList<Job> jobs; ///< without payloads; of a held order: also those gone meanwhile, with nothing but their id
    std::optional<JobKey> first; ///< keys of the first and last of them; of held orders none
    std::optional<JobKey> last;
    qint64 total = -1; ///< how many rows the order has; -1: not asked for
    std::optional<JobCounts> counts; ///< of all that match, if asked for
    qint64 newestId = 0; ///< the highest id there is, if counts were asked for
    milliseconds cost{0}; ///< how long the reading took
};

/// Asks for the values that some rows have now, and for what has been added since.
struct JobLookRequest
{
    QList<qint64> ids;
    JobFilter filter; ///< counted
    qint64 newerThan = 0; ///< newer jobs that match are counted
    quint64 token = 0;
};

struct JobLook
{
    QList<Job> jobs; ///< in the order of the ids; those that are gone have nothing but their id
    JobCounts counts;
    qint64 newer = 0;
    milliseconds cost{0};
};

/// Rows of a held order, both ends included.
struct RowRange
{
    qint64 first = 0;
    qint64 last = 0;

    bool operator==(const RowRange &) const = default;
};

/// The reading side of the table of jobs. Synchronous; on the thread of its database.
class JobPages
{
public:
    explicit JobPages(Database &database) : m_db(database) { }

    Result<JobPage> page(const JobPageRequest &request);
    /// The ids of all that match, in order: 8 bytes a job.
    Result<QList<qint64>> order(const JobFilter &filter, const JobSort &sort, const QDateTime &now);
    /// In the order of the ids; those that are gone have nothing but their id.
    Result<QList<Job>> byIds(const QList<qint64> &ids);
    Result<JobCounts> counts(const JobFilter &filter);
    Result<qint64> newestId(); ///< the highest there is; 0: none
    Result<JobLook> look(const JobLookRequest &request);

private:
    struct Group;
    Status read(const Group &group, JobPage &page);
    Status readActiveFirst(const JobPageRequest &request, JobPage &page);
    Result<qint64> number(const char *name, const QStringList &words, const Values &values);

    Database &m_db;
};

/// Keeps the one order that a table holds while its user looks around in it. Belongs to the thread that browses.
class JobBrowser
{
public:
    Result<JobPage> page(Database &database, const JobPageRequest &request);
    /// The jobs in the rows of the order that the request names; fails with InvalidArgument where they are more than most.
    Result<QList<Job>> rows(Database &database, const JobPageRequest &request, const QList<RowRange> &ranges, int most);

private:
    Status hold(Database &database, const JobPageRequest &request);

    quint64 m_order = 0;
    QList<qint64> m_ids;
};

/// The words and values that a filter gives to the statements that take part_job_filter.
[[nodiscard]] QStringList filterWords(const JobFilter &filter);
[[nodiscard]] Values filterValuesOf(const JobFilter &filter);
/// Whether a job is none: it was deleted since its order was held.
[[nodiscard]] inline bool isGone(const Job &job)
{
    return job.type.isEmpty();
}

} // namespace lifeguard
