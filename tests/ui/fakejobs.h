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

/// A fake source of jobs for the tests of JobsModel and JobsPage.
namespace lifeguard::test {

constexpr auto reportingMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

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

/// Keeps jobs in a list. Replies to requests at once, or when release() is called if defersReplies is set.
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
    void fixOrder(const JobPageRequest &request)
    {
        if (fixedOrder != request.order) {
            fixedOrder = request.order;
            fixedIds = request.head;
            const QSet<qint64> seen(fixedIds.cbegin(), fixedIds.cend());
            for (const Job &job : ordered(request)) {
                if (!seen.contains(job.id)) {
                    fixedIds.append(job.id);
                }
            }
        }
    }
    QList<Job> rowsInFixedOrder(qint64 first, qint64 count)
    {
        QList<Job> rows;
        for (const qint64 id : fixedIds.mid(first, count)) {
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
        if (fails) {
            return failure(ErrorCode::Io, QStringLiteral("the disk was removed"));
        }
        QList<Job> rows;
        JobPage page;
        if (request.order != 0) {
            fixOrder(request);
            page.total = fixedIds.size();
            page.jobs = rowsInFixedOrder(request.offset, request.limit);
            return page;
        }
        fixedOrder = 0;
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
    Result<JobInspection> inspect(const JobInspectionRequest &request)
    {
        JobInspection inspection;
        for (const qint64 id : request.ids) {
            inspection.jobs.append(job(id));
        }
        inspection.counts = counts(request.filter);
        for (const Job &job : matching(request.filter)) {
            inspection.newer += job.id > request.newerThan;
        }
        return inspection;
    }

    template<typename T>
    QFuture<Result<T>> reply(std::function<Result<T>()> read)
    {
        auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        const auto deliver = [promise, read] {
            promise->addResult(read());
            promise->finish();
        };
        if (defersReplies) {
            deferredReplies.append(deliver);
        } else {
            deliver();
        }
        return promise->future();
    }
    void release()
    {
        const auto all = std::exchange(deferredReplies, {});
        for (const auto &deliver : all) {
            deliver();
        }
    }
    JobSource source()
    {
        JobSource source;
        source.jobPage = [this](const JobPageRequest &request) {
            requests.append(request);
            return reply<JobPage>([this, request] { return page(request); });
        };
        source.inspectJobs = [this](const JobInspectionRequest &request) {
            ++inspections;
            return reply<JobInspection>([this, request] { return inspect(request); });
        };
        source.jobsInRows = [this](const JobPageRequest &request, const QList<RowRange> &ranges, int maxJobs) {
            return reply<QList<Job>>([this, request, ranges, maxJobs]() -> Result<QList<Job>> {
                fixOrder(request);
                QList<Job> chosen;
                for (const RowRange &range : ranges) {
                    chosen += rowsInFixedOrder(range.first, range.last - range.first + 1);
                }
                if (chosen.size() > maxJobs) {
                    return failure(ErrorCode::InvalidArgument, QStringLiteral("too many"));
                }
                return chosen;
            });
        };
        return source;
    }

    QList<Job> jobs;
    quint64 fixedOrder = 0;
    QList<qint64> fixedIds;
    QList<JobPageRequest> requests;
    QList<std::function<void()>> deferredReplies;
    int inspections = 0;
    bool defersReplies = false;
    bool fails = false;
};

inline QList<qint64> ids(const QAbstractItemModel &model, int first = 0, int count = 1 << 30)
{
    QList<qint64> result;
    for (int row = first; row < model.rowCount() && row < first + count; ++row) {
        result.append(model.index(row, 0).data(KeyRole).toLongLong());
    }
    return result;
}

/// A model of this many jobs that has read its first rows.
struct FilledModel
{
    explicit FilledModel(int count) : jobs(count), tester(&model, reportingMode)
    {
        model.setSource(jobs.source());
        if (!QTest::qWaitFor([&] { return !model.isLoading() && model.rowCount() == count; })) {
            qFatal("the rows of the model did not arrive");
        }
    }

    FakeJobs jobs;
    JobsModel model;
    QAbstractItemModelTester tester;
};

} // namespace lifeguard::test
