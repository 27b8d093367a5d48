// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobpages.h"

#include "core/base/timestamp.h"
#include "core/store/jobrow.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSet>

#include <algorithm>

namespace lifeguard {
namespace {

/// The line of part_job_sort_keys.sql that is kept.
QString sortWord(JobColumn column)
{
    switch (column) {
    case JobColumn::ActiveFirst:
    case JobColumn::Id: break;
    case JobColumn::State: return QStringLiteral("by_state");
    case JobColumn::Type: return QStringLiteral("by_type");
    case JobColumn::Priority: return QStringLiteral("by_priority");
    case JobColumn::Input: return QStringLiteral("by_input");
    case JobColumn::Output: return QStringLiteral("by_output");
    case JobColumn::Tries: return QStringLiteral("by_tries");
    case JobColumn::Worker: return QStringLiteral("by_worker");
    case JobColumn::Waiting: return QStringLiteral("by_waiting");
    case JobColumn::Running: return QStringLiteral("by_running");
    case JobColumn::Added: return QStringLiteral("by_added");
    case JobColumn::Error: return QStringLiteral("by_error");
    }
    return QStringLiteral("by_id");
}

/// The text as a pattern that finds exactly it.
QString likePattern(QString text)
{
    text.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('%'), QStringLiteral("\\%"));
    return QLatin1Char('%') + text.replace(QLatin1Char('_'), QStringLiteral("\\_")) + QLatin1Char('%');
}

/// Where all rows are in one state there is nothing to put first.
bool isPlain(const JobFilter &filter, const JobSort &sort)
{
    return sort.column != JobColumn::ActiveFirst || filter.status.has_value();
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

QStringList filterWords(const JobFilter &filter)
{
    QStringList words;
    if (filter.status)
        words.append(QStringLiteral("status"));
    if (!filter.type.isEmpty())
        words.append(QStringLiteral("type"));
    words.append(filter.text.isEmpty() ? QStringLiteral("no_text") : QStringLiteral("text"));
    bool isNumber = false;
    filter.text.toLongLong(&isNumber);
    if (isNumber)
        words.append(QStringLiteral("number"));
    if (filter.maxId > 0)
        words.append(QStringLiteral("max_id"));
    return words;
}

Values filterValuesOf(const JobFilter &filter)
{
    Values values;
    if (filter.status)
        values.insert(QStringLiteral("status"), toString(*filter.status));
    if (!filter.type.isEmpty())
        values.insert(QStringLiteral("type"), filter.type);
    if (!filter.text.isEmpty())
        values.insert(QStringLiteral("text"), likePattern(filter.text));
    bool isNumber = false;
    const qint64 number = filter.text.toLongLong(&isNumber);
    if (isNumber)
        values.insert(QStringLiteral("number"), number);
    if (filter.maxId > 0)
        values.insert(QStringLiteral("max_id"), filter.maxId);
    return values;
}

/// A run of rows in one order: all that match, or only those (not) being worked on.
struct JobPages::Group
{
    QStringList words;
    Values values;
    bool descending = true;
    std::optional<JobKey> after;
    std::optional<JobKey> before;
    bool fromEnd = false; ///< the last ones, where neither key is given
    qint64 offset = 0;
    qint64 limit = 0;
    std::optional<QVariant> keyValue; ///< what the rows' keys say, in place of what they are sorted by
};

Status JobPages::read(const Group &group, JobPage &page)
{
    // What comes before a row is read backwards, from that row on.
    const bool backwards = group.before.has_value() || group.fromEnd;
    const bool down = group.descending != backwards;
    QStringList words = group.words;
    words.append(down ? QStringLiteral("down") : QStringLiteral("up"));
    Values values = group.values;
    values.insert(QStringLiteral("limit"), group.limit);
    values.insert(QStringLiteral("offset"), group.offset);
    if (const std::optional<JobKey> key = group.before ? group.before : group.after) {
        words.append(down ? QStringLiteral("seek_down") : QStringLiteral("seek_up"));
        values.insert(QStringLiteral("key"), key->value);
        values.insert(QStringLiteral("key_id"), key->id);
    }
    QList<Job> jobs;
    QList<QVariant> keys;
    const Status done = m_db.run("jobs_page", words, values, [&](const QSqlQuery &row) {
        jobs.append(jobOf(row));
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

/// Those being worked on are few and have an index, all others come by id: two runs, one after the other, so that nothing
/// has to be sorted.
Status JobPages::readActiveFirst(const JobPageRequest &request, JobPage &page)
{
    const auto group = [&](bool active) {
        Group made;
        made.words = filterWords(request.filter) << QStringLiteral("by_id") << (active ? QStringLiteral("active") : QStringLiteral("inactive"));
        made.values = filterValuesOf(request.filter);
        made.limit = request.limit - page.jobs.size();
        made.keyValue = active ? 1 : 0;
        return made;
    };
    const auto byId = [](const std::optional<JobKey> &key) { return key ? std::optional(JobKey{key->id, key->id}) : std::nullopt; };
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
                return tl::unexpected(counted.error());
            skipped = std::max<qint64>(0, skipped - counted->processing);
        }
    }
    Group rest = group(false);
    rest.after = inActive ? std::nullopt : byId(key);
    rest.offset = key ? 0 : skipped;
    return read(rest, page);
}

Result<JobPage> JobPages::page(const JobPageRequest &request)
{
    QElapsedTimer timer;
    timer.start();
    JobPage page;
    Status done;
    if (isPlain(request.filter, request.sort)) {
        Group group;
        group.words = filterWords(request.filter) << sortWord(request.sort.column);
        group.values = filterValuesOf(request.filter);
        group.values.insert(QStringLiteral("now"), timeOrNow(request.now));
        group.descending = request.sort.column == JobColumn::ActiveFirst || request.sort.descending;
        group.after = request.after;
        group.before = request.before;
        group.offset = request.after || request.before ? 0 : request.offset;
        group.limit = request.limit;
        done = read(group, page);
    } else {
        done = readActiveFirst(request, page);
    }
    if (!done)
        return tl::unexpected(done.error());
    if (request.withCounts) {
        const Result<JobCounts> counted = counts(request.filter);
        if (!counted)
            return tl::unexpected(counted.error());
        const Result<qint64> newest = newestId();
        if (!newest)
            return tl::unexpected(newest.error());
        page.counts = *counted;
        page.total = counted->total();
        page.newestId = *newest;
    }
    page.cost = since(timer);
    return page;
}

Result<QList<qint64>> JobPages::order(const JobFilter &filter, const JobSort &sort, const QDateTime &now)
{
    QList<qint64> ids;
    Values values = filterValuesOf(filter);
    values.insert(QStringLiteral("now"), timeOrNow(now));
    const auto append = [&](const QStringList &words) {
        return m_db.run("jobs_order", filterWords(filter) << words, values, [&ids](const QSqlQuery &row) { ids.append(row.value(0).toLongLong()); });
    };
    const bool byId = sort.column == JobColumn::ActiveFirst || sort.column == JobColumn::Id;
    Status done;
    if (!byId) {
        done = append({sortWord(sort.column), sort.descending ? QStringLiteral("down") : QStringLiteral("up")});
    } else {
        // Ids are sorted here: SQLite would read the whole table to have them in order, where an index has them unordered.
        QSet<qint64> active;
        if (!isPlain(filter, sort)) {
            done = append({QStringLiteral("by_id"), QStringLiteral("active"), QStringLiteral("down")});
            active = QSet<qint64>(ids.cbegin(), ids.cend());
        }
        const qsizetype first = ids.size();
        if (done)
            done = append({QStringLiteral("by_id")});
        if (sort.column == JobColumn::Id && !sort.descending)
            std::sort(ids.begin() + first, ids.end());
        else
            std::sort(ids.begin() + first, ids.end(), std::greater<>());
        if (!active.isEmpty())
            ids.erase(std::remove_if(ids.begin() + first, ids.end(), [&active](qint64 id) { return active.contains(id); }), ids.end());
    }
    if (!done)
        return tl::unexpected(done.error());
    return ids;
}

Result<QList<Job>> JobPages::byIds(const QList<qint64> &ids)
{
    QString list = QStringLiteral("[");
    for (const qint64 id : ids)
        list += QString::number(id) + QLatin1Char(',');
    list.replace(ids.isEmpty() ? list.size() : list.size() - 1, 1, QStringLiteral("]"));
    QList<Job> found;
    const Status done = m_db.run("jobs_by_ids", {{QStringLiteral("ids"), list}}, [&found](const QSqlQuery &row) { found.append(jobOf(row)); });
    if (!done)
        return tl::unexpected(done.error());
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

Result<JobCounts> JobPages::counts(const JobFilter &filter)
{
    JobCounts counts;
    const Status done = m_db.run("jobs_tally", filterWords(filter), filterValuesOf(filter), [&counts](const QSqlQuery &row) {
        const qint64 n = row.value(1).toLongLong();
        switch (jobStatusFromString(row.value(0).toString()).value_or(JobStatus::Pending)) {
        case JobStatus::Pending: counts.pending += n; break;
        case JobStatus::Processing: counts.processing += n; break;
        case JobStatus::Completed: counts.completed += n; break;
        case JobStatus::Failed: counts.failed += n; break;
        case JobStatus::Cancelled: counts.cancelled += n; break;
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return counts;
}

Result<qint64> JobPages::number(const char *name, const QStringList &words, const Values &values)
{
    qint64 number = 0;
    const Status done = m_db.run(name, words, values, [&number](const QSqlQuery &row) { number = row.value(0).toLongLong(); });
    if (!done)
        return tl::unexpected(done.error());
    return number;
}

Result<qint64> JobPages::newestId()
{
    return number("jobs_newest", {}, {});
}

Result<JobLook> JobPages::look(const JobLookRequest &request)
{
    QElapsedTimer timer;
    timer.start();
    JobLook look;
    const Result<QList<Job>> jobs = byIds(request.ids);
    if (!jobs)
        return tl::unexpected(jobs.error());
    look.jobs = *jobs;
    const Result<JobCounts> counted = counts(request.filter);
    if (!counted)
        return tl::unexpected(counted.error());
    look.counts = *counted;
    Values values = filterValuesOf(request.filter);
    values.insert(QStringLiteral("than"), request.newerThan);
    const Result<qint64> newer = number("jobs_newer", filterWords(request.filter), values);
    if (!newer)
        return tl::unexpected(newer.error());
    look.newer = *newer;
    look.cost = since(timer);
    return look;
}

Status JobBrowser::hold(Database &database, const JobPageRequest &request)
{
    if (m_order == request.order)
        return {};
    m_order = 0;
    Result<QList<qint64>> ids = JobPages(database).order(request.filter, request.sort, request.now);
    if (!ids)
        return tl::unexpected(ids.error());
    if (!request.head.isEmpty()) {
        const QSet<qint64> seen(request.head.cbegin(), request.head.cend());
        ids->erase(std::remove_if(ids->begin(), ids->end(), [&seen](qint64 id) { return seen.contains(id); }), ids->end());
        *ids = request.head + *ids;
    }
    m_ids = std::move(*ids);
    m_order = request.order;
    return {};
}

Result<JobPage> JobBrowser::page(Database &database, const JobPageRequest &request)
{
    if (request.order == 0) {
        m_order = 0;
        m_ids = {};
        return JobPages(database).page(request);
    }
    QElapsedTimer timer;
    timer.start();
    if (const Status held = hold(database, request); !held)
        return tl::unexpected(held.error());
    const Result<QList<Job>> jobs = JobPages(database).byIds(m_ids.mid(request.offset, request.limit));
    if (!jobs)
        return tl::unexpected(jobs.error());
    JobPage page;
    page.jobs = *jobs;
    page.total = m_ids.size();
    page.cost = since(timer);
    return page;
}

Result<QList<Job>> JobBrowser::rows(Database &database, const JobPageRequest &request, const QList<RowRange> &ranges, int most)
{
    if (const Status held = hold(database, request); !held)
        return tl::unexpected(held.error());
    QList<qint64> ids;
    for (const RowRange &range : ranges)
        ids += m_ids.mid(range.first, std::min<qint64>(range.last - range.first + 1, most + 1));
    if (ids.size() > most)
        return failure(ErrorCode::InvalidArgument,
                       QCoreApplication::translate("lifeguard::JobPages", "More than %1 jobs are selected. Select fewer.").arg(most));
    return JobPages(database).byIds(ids);
}

} // namespace lifeguard
