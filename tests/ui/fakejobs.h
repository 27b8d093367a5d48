// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "ui/models/jobsmodel.h"
#include "ui/models/keyedtablemodel.h"

#include <QAbstractItemModelTester>
#include <QPromise>
#include <QTest>

#include <algorithm>
#include <memory>

/// Jobs for the tests of their model and page: from a list, answered when the test says so.
namespace lifeguard::test {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

inline Job makeJob(qint64 id, JobStatus status = JobStatus::Pending)
{
    Job job;
    job.id = id;
    job.type = QStringLiteral("plantuml");
    job.status = status;
    job.inputFile = QStringLiteral("/w/diagrams/%1.puml").arg(id);
    job.outputFile = QStringLiteral("/w/out/%1.svg").arg(id);
    job.createdAt = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    return job;
}

/// A database of a list: answers at once, or when it is told to.
class FakeJobs
{
public:
    explicit FakeJobs(int count)
    {
        for (int id = 1; id <= count; ++id) {
            add();
        }
    }

    qint64 add(JobStatus status = JobStatus::Pending)
    {
        jobs.append(makeJob(jobs.isEmpty() ? 1 : jobs.last().id + 1, status));
        return jobs.last().id;
    }
    Job &job(qint64 id)
    {
        return *std::lower_bound(jobs.begin(), jobs.end(), id,
                                 [](const Job &other, qint64 wanted) { return other.id < wanted; });
    }

    QList<Job> matching(const JobFilter &filter) const
    {
        QList<Job> found;
        for (const Job &job : jobs) {
            if ((!filter.status || *filter.status == job.status) && (filter.maxId == 0 || job.id <= filter.maxId)
                && (filter.type.isEmpty() || filter.type == job.type) && job.inputFile.contains(filter.text)) {
                found.append(job);
            }
        }
        return found;
    }
    QList<Job> ordered(const JobPageRequest &request) const
    {
        QList<Job> found = matching(request.filter);
        std::sort(found.begin(), found.end(), [&](const Job &a, const Job &b) {
            const bool activeA = request.sort.column == JobColumn::ActiveFirst && a.status == JobStatus::Processing;
            const bool activeB = request.sort.column == JobColumn::ActiveFirst && b.status == JobStatus::Processing;
            return activeA != activeB ? activeA : request.sort.descending ? a.id > b.id : a.id < b.id;
        });
        return found;
    }
    void hold(const JobPageRequest &request)
    {
        if (held != request.order) {
            held = request.order;
            heldIds = request.head;
            const QSet<qint64> seen(heldIds.cbegin(), heldIds.cend());
            for (const Job &job : ordered(request)) {
                if (!seen.contains(job.id)) {
                    heldIds.append(job.id);
                }
            }
        }
    }
    QList<Job> heldRows(qint64 first, qint64 count)
    {
        QList<Job> rows;
        for (const qint64 id : heldIds.mid(first, count)) {
            rows.append(job(id));
        }
        return rows;
    }
    JobCounts counts(const JobFilter &filter) const
    {
        JobCounts counts;
        for (const Job &job : matching(filter)) {
            ++(job.status == JobStatus::Pending      ? counts.pending
               : job.status == JobStatus::Processing ? counts.processing
               : job.status == JobStatus::Completed  ? counts.completed
               : job.status == JobStatus::Failed     ? counts.failed
                                                     : counts.cancelled);
        }
        return counts;
    }

    Result<JobPage> page(const JobPageRequest &request)
    {
        if (failing) {
            return failure(ErrorCode::Io, QStringLiteral("the disk is gone"));
        }
        QList<Job> rows;
        JobPage page;
        if (request.order != 0) {
            hold(request);
            page.total = heldIds.size();
            page.jobs = heldRows(request.offset, request.limit);
            return page;
        }
        held = 0;
        rows = ordered(request);
        qsizetype from = request.offset;
        if (request.after) {
            from = std::find_if(rows.cbegin(), rows.cend(), [&](const Job &job) { return job.id == request.after->id; })
                 - rows.cbegin() + 1;
        }
        page.jobs = rows.mid(from, request.limit);
        if (!page.jobs.isEmpty()) {
            page.first = JobKey{0, page.jobs.first().id};
            page.last = JobKey{0, page.jobs.last().id};
        }
        if (request.withCounts) {
            page.counts = counts(request.filter);
            page.total = page.counts->total();
            page.newestId = jobs.isEmpty() ? 0 : jobs.last().id;
        }
        return page;
    }
    Result<JobInspection> look(const JobInspectionRequest &request)
    {
        JobInspection look;
        for (const qint64 id : request.ids) {
            look.jobs.append(job(id));
        }
        look.counts = counts(request.filter);
        for (const Job &job : matching(request.filter)) {
            look.newer += job.id > request.newerThan;
        }
        return look;
    }

    template<typename T>
    QFuture<Result<T>> answer(std::function<Result<T>()> what)
    {
        auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        const auto give = [promise, what] {
            promise->addResult(what());
            promise->finish();
        };
        if (waits) {
            waiting.append(give);
        } else {
            give();
        }
        return promise->future();
    }
    void release()
    {
        const auto all = std::exchange(waiting, {});
        for (const auto &give : all) {
            give();
        }
    }
    JobSource source()
    {
        JobSource source;
        source.jobPage = [this](const JobPageRequest &request) {
            asked.append(request);
            return answer<JobPage>([this, request] { return page(request); });
        };
        source.inspectJobs = [this](const JobInspectionRequest &request) {
            ++looks;
            return answer<JobInspection>([this, request] { return look(request); });
        };
        source.jobsInRows = [this](const JobPageRequest &request, const QList<RowRange> &ranges, int most) {
            return answer<QList<Job>>([this, request, ranges, most]() -> Result<QList<Job>> {
                hold(request);
                QList<Job> chosen;
                for (const RowRange &range : ranges) {
                    chosen += heldRows(range.first, range.last - range.first + 1);
                }
                if (chosen.size() > most) {
                    return failure(ErrorCode::InvalidArgument, QStringLiteral("too many"));
                }
                return chosen;
            });
        };
        return source;
    }

    QList<Job> jobs;
    quint64 held = 0;
    QList<qint64> heldIds;
    QList<JobPageRequest> asked;
    QList<std::function<void()>> waiting;
    int looks = 0;
    bool waits = false;
    bool failing = false;
};

inline QList<qint64> ids(const QAbstractItemModel &model, int first = 0, int count = 1 << 30)
{
    QList<qint64> result;
    for (int row = first; row < model.rowCount() && row < first + count; ++row) {
        result.append(model.index(row, 0).data(KeyRole).toLongLong());
    }
    return result;
}

/// A model of so many jobs that has read its first rows.
struct FilledModel
{
    explicit FilledModel(int count) : jobs(count), tester(&model, fatal)
    {
        model.setSource(jobs.source());
        if (!QTest::qWaitFor([&] { return !model.isLoading() && model.rowCount() == count; })) {
            qFatal("the model is not filled");
        }
    }

    FakeJobs jobs;
    JobsModel model;
    QAbstractItemModelTester tester;
};

} // namespace lifeguard::test
