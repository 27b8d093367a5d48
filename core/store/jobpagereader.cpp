// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobpagereader.h"

#include "core/base/timestamp.h"
#include "core/store/jobfiltersql.h"
#include "core/store/jobreader.h"
#include "core/store/jobrow.h"

#include <QElapsedTimer>
#include <QSet>

#include <algorithm>

namespace lifeguard {
namespace {

/// Returns the option that selects the sort key of the column in part_job_sort_keys.sql.
QString sortOption(JobColumn column)
{
    switch (column) {
    case JobColumn::ActiveFirst:
    case JobColumn::Id:
        break;
    case JobColumn::State:
        return QStringLiteral("by_state");
    case JobColumn::Type:
        return QStringLiteral("by_type");
    case JobColumn::Priority:
        return QStringLiteral("by_priority");
    case JobColumn::Input:
        return QStringLiteral("by_input");
    case JobColumn::Output:
        return QStringLiteral("by_output");
    case JobColumn::Attempts:
        return QStringLiteral("by_attempts");
    case JobColumn::Worker:
        return QStringLiteral("by_worker");
    case JobColumn::Waiting:
        return QStringLiteral("by_waiting");
    case JobColumn::Running:
        return QStringLiteral("by_running");
    case JobColumn::Added:
        return QStringLiteral("by_added");
    case JobColumn::Error:
        return QStringLiteral("by_error");
    }
    return QStringLiteral("by_id");
}

/// Returns whether one run of rows is enough: the rows are sorted by a column, or all have the same status.
bool isSingleRun(const JobFilter &filter, const JobSort &sort)
{
    return sort.column != JobColumn::ActiveFirst || filter.status.has_value();
}

/// Returns whether SQLite reads the rows by descending id (from_newest in jobs_page.sql). Reading all rows of a status
/// in that order would sort them; for other columns SQLite reads an index, or their values do not depend on the age.
bool isReadFromNewest(const JobFilter &filter, const JobSort &sort)
{
    switch (sort.column) {
    case JobColumn::Priority:
    case JobColumn::Attempts:
    case JobColumn::Waiting:
    case JobColumn::Running:
    case JobColumn::Added:
        return !filter.status;
    default:
        return false;
    }
}

/// Returns the ids as a JSON array.
QString listOf(const QList<qint64> &ids)
{
    QStringList texts;
    texts.reserve(ids.size());
    for (const qint64 id : ids)
        texts.append(QString::number(id));
    return u'[' + texts.join(u',') + u']';
}

QString timeOrNow(const QDateTime &now)
{
    return toSqlTime(now.isValid() ? now : QDateTime::currentDateTimeUtc());
}

milliseconds since(const QElapsedTimer &timer)
{
    return milliseconds(timer.elapsed());
}

} // namespace

/// A run of rows in one order: all matching jobs, only the active ones, or only the inactive ones.
struct JobPageReader::Group
{
    QStringList options;
    Values values;
    bool descending = true;
    std::optional<JobKey> after;
    std::optional<JobKey> before;
    bool fromEnd = false; ///< read the last rows; used without a key
    qint64 offset = 0;
    qint64 limit = 0;
    bool isReadFromNewest = false; ///< if it is read in descending order
    std::optional<QVariant> keyValue; ///< the value in the keys of all rows, if it is not the sort key of each row
};

/// A filter as options and values of queries.
struct JobPageReader::Selection
{
    QStringList options;
    Values values;
};

Status JobPageReader::read(const Group &group, JobPage &page)
{
    // The rows before a key are read backwards, starting at the key.
    const bool backwards = group.before.has_value() || group.fromEnd;
    const bool down = group.descending != backwards;
    QStringList options = group.options;
    options.append(down ? QStringLiteral("down") : QStringLiteral("up"));
    if (down && group.isReadFromNewest)
        options.append(QStringLiteral("from_newest"));
    Values values = group.values;
    values.insert(QStringLiteral("limit"), group.limit);
    values.insert(QStringLiteral("offset"), group.offset);
    if (const std::optional<JobKey> key = group.before ? group.before : group.after) {
        options.append(down ? QStringLiteral("seek_down") : QStringLiteral("seek_up"));
        values.insert(QStringLiteral("key"), key->value);
        values.insert(QStringLiteral("key_id"), key->id);
    }
    QList<Job> jobs;
    JobRows rows;
    QList<QVariant> keys;
    const Status done = m_db.run("jobs_page", options, values, [&](const QSqlQuery &row) {
        jobs.append(rows.jobOf(row));
        keys.append(group.keyValue ? *group.keyValue : row.value(0));
    });
    if (!done || jobs.isEmpty())
        return done;
    if (backwards) {
        std::reverse(jobs.begin(), jobs.end());
        std::reverse(keys.begin(), keys.end());
    }
    const JobKey first{keys.first(), jobs.first().id};
    const JobKey last{keys.last(), jobs.last().id};
    if (backwards) {
        page.jobs = jobs + page.jobs;
        page.first = first;
        page.last = page.last.value_or(last);
    } else {
        page.jobs += jobs;
        page.first = page.first.value_or(first);
        page.last = last;
    }
    return {};
}

/// Finds the jobs with a text once, if they are not too many, for all queries of a request: each would read the table.
Result<JobPageReader::Selection> JobPageReader::selectionOf(const JobFilter &filter)
{
    Selection selection{filterOptions(filter), filterValues(filter)};
    if (filter.text.isEmpty())
        return selection;
    Values values = selection.values;
    values.insert(QStringLiteral("limit"), maxListedJobs + 1);
    const Result<QList<qint64>> ids = m_db.numbers("jobs_with_text", selection.options, values);
    if (!ids)
        return failure(ids.error());
    if (ids->size() > maxListedJobs)
        return selection;
    return Selection{{QStringLiteral("ids")}, {{QStringLiteral("ids"), listOf(*ids)}}};
}

/// Reads two runs, one after the other, so that SQLite sorts nothing: the processing jobs, which are few and have an
/// index, then all other jobs by id.
Status JobPageReader::readActiveFirst(const JobPageRequest &request, const Selection &selection, JobPage &page)
{
    const auto group = [&](bool active) {
        Group made;
        made.options = selection.options;
        made.options << QStringLiteral("by_id") << (active ? QStringLiteral("active") : QStringLiteral("inactive"));
        made.values = selection.values;
        made.limit = request.limit - page.jobs.size();
        made.keyValue = active ? 1 : 0;
        return made;
    };
    const auto byId = [](const std::optional<JobKey> &key) {
        return key ? std::optional(JobKey{key->id, key->id}) : std::nullopt;
    };
    const std::optional<JobKey> key = request.before ? request.before : request.after;
    const bool inActive = key && key->value.toInt() == 1;
    if (request.before) {
        Group near = group(inActive);
        near.before = byId(key);
        if (const Status done = read(near, page); !done || inActive || page.jobs.size() >= request.limit)
            return done;
        Group far = group(true);
        far.fromEnd = true;
        return read(far, page);
    }
    qint64 skipped = request.offset;
    if (!key || inActive) {
        Group active = group(true);
        active.after = byId(key);
        active.offset = key ? 0 : skipped;
        if (const Status done = read(active, page); !done || page.jobs.size() >= request.limit)
            return done;
        if (!key && skipped > 0) {
            JobFilter running = request.filter;
            running.status = JobStatus::Processing;
            const Result<JobCounts> counted = counts(running);
            if (!counted)
                return failure(counted.error());
            skipped = std::max<qint64>(0, skipped - counted->processing);
        }
    }
    Group rest = group(false);
    rest.after = inActive ? std::nullopt : byId(key);
    rest.offset = key ? 0 : skipped;
    return read(rest, page);
}

Result<JobPage> JobPageReader::page(const JobPageRequest &request)
{
    QElapsedTimer timer;
    timer.start();
    JobPage page;
    const Result<Selection> selection = selectionOf(request.filter);
    if (!selection)
        return failure(selection.error());
    Status done;
    if (isSingleRun(request.filter, request.sort)) {
        Group group;
        group.options = selection->options;
        group.options << sortOption(request.sort.column);
        group.values = selection->values;
        group.isReadFromNewest = isReadFromNewest(request.filter, request.sort);
        group.values.insert(QStringLiteral("now"), timeOrNow(request.now));
        group.descending = request.sort.column == JobColumn::ActiveFirst || request.sort.descending;
        group.after = request.after;
        group.before = request.before;
        group.offset = request.after || request.before ? 0 : request.offset;
        group.limit = request.limit;
        done = read(group, page);
    } else {
        done = readActiveFirst(request, *selection, page);
    }
    if (!done)
        return failure(done.error());
    if (request.withCounts) {
        const Result<JobCounts> counted = counts(request.filter, *selection);
        if (!counted)
            return failure(counted.error());
        const Result<qint64> newest = newestId();
        if (!newest)
            return failure(newest.error());
        page.counts = *counted;
        page.total = counted->total();
        page.newestId = *newest;
    }
    page.cost = since(timer);
    return page;
}

Result<QList<qint64>> JobPageReader::order(const JobFilter &filter, const JobSort &sort, const QDateTime &now)
{
    Values values = filterValues(filter);
    values.insert(QStringLiteral("now"), timeOrNow(now));
    JobFilter unlimited = filter;
    unlimited.maxId = 0;
    QStringList filtering = filterOptions(unlimited);
    if (filter.maxId > 0)
        filtering.append(QStringLiteral("up_to_id"));
    const auto read = [&](const QStringList &options) {
        return m_db.numbers("jobs_order", filtering + options, values);
    };
    if (sort.column != JobColumn::ActiveFirst && sort.column != JobColumn::Id)
        return read({sortOption(sort.column), sort.descending ? QStringLiteral("down") : QStringLiteral("up")});
    // Sorted here: SQLite would read the whole table to return the ids in order, but reads an index to return them
    // unordered.
    Result<QList<qint64>> ids = read({QStringLiteral("by_id")});
    if (!ids)
        return ids;
    if (sort.column == JobColumn::Id && !sort.descending)
        std::sort(ids->begin(), ids->end());
    else
        std::sort(ids->begin(), ids->end(), std::greater<>());
    if (isSingleRun(filter, sort))
        return ids;
    const Result<QList<qint64>> active = read(
        {QStringLiteral("by_id"), QStringLiteral("active"), QStringLiteral("down")});
    if (!active)
        return active;
    return beginningWith(*active, *ids);
}

QList<qint64> JobPageReader::beginningWith(const QList<qint64> &first, const QList<qint64> &ids)
{
    if (first.isEmpty())
        return ids;
    QSet<qint64> moved(first.cbegin(), first.cend());
    QList<qint64> order = first;
    order.reserve(ids.size() + first.size());
    std::copy_if(ids.cbegin(), ids.cend(), std::back_inserter(order),
                 [&moved](qint64 id) { return moved.isEmpty() || !moved.remove(id); });
    return order;
}

Result<QList<Job>> JobPageReader::byIds(const QList<qint64> &ids)
{
    QList<Job> found;
    JobRows rows;
    const Status done = m_db.run("jobs_by_ids", {{QStringLiteral("ids"), listOf(ids)}},
                                 [&found, &rows](const QSqlQuery &row) { found.append(rows.jobOf(row)); });
    if (!done)
        return failure(done.error());
    QList<Job> jobs;
    jobs.reserve(ids.size());
    auto next = found.cbegin();
    for (const qint64 id : ids) {
        Job gone;
        gone.id = id;
        jobs.append(next != found.cend() && next->id == id ? *next++ : gone);
    }
    return jobs;
}

/// Returns the counts of a filter without a text, which need not be counted.
Result<JobCounts> JobPageReader::storedCounts(const JobFilter &filter)
{
    const Result<QHash<QString, JobCounts>> byType = JobReader(m_db).counts();
    if (!byType)
        return failure(byType.error());
    JobCounts all;
    for (auto type = byType->cbegin(); type != byType->cend(); ++type) {
        if (filter.type.isEmpty() || filter.type == type.key())
            all += type.value();
    }
    all.oldestPending = {};
    if (!filter.status)
        return all;
    JobCounts counts;
    counts.add(*filter.status, all.of(*filter.status));
    return counts;
}

Result<JobCounts> JobPageReader::counts(const JobFilter &filter)
{
    return counts(filter, {filterOptions(filter), filterValues(filter)});
}

Result<JobCounts> JobPageReader::counts(const JobFilter &filter, const Selection &selection)
{
    if (filter.text.isEmpty() && filter.maxId == 0 && m_db.countsJobs())
        return storedCounts(filter);
    JobCounts counts;
    const Status done = m_db.run(
        "jobs_counts_matching", selection.options, selection.values, [&counts](const QSqlQuery &row) {
            counts.add(jobStatusFromString(row.value(0).toString()).value_or(JobStatus::Pending),
                       row.value(1).toLongLong());
        });
    if (!done)
        return failure(done.error());
    return counts;
}

Result<qint64> JobPageReader::number(const char *name, const QStringList &options, const Values &values)
{
    qint64 number = 0;
    const Status done = m_db.run(name, options, values,
                                 [&number](const QSqlQuery &row) { number = row.value(0).toLongLong(); });
    if (!done)
        return failure(done.error());
    return number;
}

Result<qint64> JobPageReader::newestId()
{
    return number("jobs_newest", {}, {});
}

Result<JobInspection> JobPageReader::inspect(const JobInspectionRequest &request)
{
    QElapsedTimer timer;
    timer.start();
    JobInspection inspection;
    const Result<QList<Job>> jobs = byIds(request.ids);
    if (!jobs)
        return failure(jobs.error());
    inspection.jobs = *jobs;
    const Result<JobCounts> counted = counts(request.filter);
    if (!counted)
        return failure(counted.error());
    inspection.counts = *counted;
    Values values = filterValues(request.filter);
    values.insert(QStringLiteral("than"), request.newerThan);
    const Result<qint64> newer = number("jobs_newer", filterOptions(request.filter), values);
    if (!newer)
        return failure(newer.error());
    inspection.newer = *newer;
    inspection.cost = since(timer);
    return inspection;
}

} // namespace lifeguard
