// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pages of the table of jobs: every order in both directions, read forwards, backwards and by offset, also in
// old files.
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobpagereader.h"
#include "tests/support/manyjobs.h"
#include "tests/support/queuetest.h"

#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::JobSort)

namespace {

const QDateTime now(QDate(2026, 1, 2), QTime(0, 0), Qt::UTC);

/// Returns the expected order, computed in C++ from the rows.
QList<qint64> expectedOrder(QList<Job> jobs, const JobSort &sort)
{
    const auto between = [](const QDateTime &from, const QDateTime &to) {
        return from.isValid() && to.isValid() ? from.msecsTo(to) : qint64(-1);
    };
    const auto first = [](std::initializer_list<QDateTime> times) {
        for (const QDateTime &time : times) {
            if (time.isValid())
                return time;
        }
        return QDateTime();
    };
    const auto key = [&](const Job &job) -> std::pair<qint64, QByteArray> {
        const bool processing = job.status == JobStatus::Processing;
        const bool pending = job.status == JobStatus::Pending;
        switch (sort.column) {
        case JobColumn::ActiveFirst:
            return {processing, {}};
        case JobColumn::State:
            return {processing                           ? 0
                    : pending                            ? 1
                    : job.status == JobStatus::Failed    ? 2
                    : job.status == JobStatus::Cancelled ? 3
                                                         : 4,
                    {}};
        case JobColumn::Id:
            return {job.id, {}};
        case JobColumn::Type:
            return {0, job.type.toUtf8()};
        case JobColumn::Priority:
            return {job.priority, {}};
        case JobColumn::Input:
            return {0, job.inputFile.toUtf8()};
        case JobColumn::Output:
            return {0, job.outputFile.toUtf8()};
        case JobColumn::Attempts:
            return {job.attempts, {}};
        case JobColumn::Worker:
            return {job.workerId, {}};
        case JobColumn::Waiting:
            return {between(job.createdAt, pending ? now
                                                   : first({job.startedAt, job.cancelledAt, job.completedAt,
                                                            processing ? now : QDateTime()})),
                    {}};
        case JobColumn::Running:
            return {between(job.startedAt, processing ? now : pending ? QDateTime() : job.completedAt), {}};
        case JobColumn::Added:
            return {job.createdAt.isValid() ? job.createdAt.toMSecsSinceEpoch() : -1, {}};
        case JobColumn::Error:
            return {0, job.error.toUtf8()};
        }
        return {};
    };
    std::sort(jobs.begin(), jobs.end(), [&](const Job &a, const Job &b) {
        const auto left = std::pair(key(a), a.id);
        const auto right = std::pair(key(b), b.id);
        return sort.descending || sort.column == JobColumn::ActiveFirst ? left > right : left < right;
    });
    return idsOf(jobs);
}

} // namespace

class TestJobPageReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryOrderInEveryDirection_data();
    void readsEveryOrderInEveryDirection();
    void filtersMatchLiterally_data();
    void filtersMatchLiterally();
    void readsJobsByIds();
    void inspectionReturnsJobsAndCounts();
};

void TestJobPageReader::readsEveryOrderInEveryDirection_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<JobSort>("sort");
    const std::pair<const char *, QString> files[]{{"new file", {}},
                                                   {"file of version 1", clxVersion1()},
                                                   {"migrated file", clxMigratedTo11()}};
    for (const auto &[name, script] : files) {
        for (int column = 0; column <= int(JobColumn::Error); ++column) {
            for (const bool descending : {true, false})
                QTest::addRow("%s, column %d, %s", name, column, descending ? "descending" : "ascending")
                    << script << JobSort{JobColumn(column), descending};
        }
    }
}

void TestJobPageReader::readsEveryOrderInEveryDirection()
{
    QFETCH(QString, script);
    QFETCH(JobSort, sort);
    QueueTest t(script);
    RawSql raw(t.path());
    addManyJobs(raw, t.db->acceptsCancelled());
    JobPageReader pages(*t.db);
    JobFilter all;
    JobFilter some;
    some.type = QStringLiteral("noop");
    some.text = QStringLiteral("/w/3");
    JobFilter failed;
    failed.status = JobStatus::Failed;
    for (JobFilter filter : {all, some, failed}) {
        filter.limit = manyJobs;
        const QList<qint64> expected = expectedOrder(t.reader->list(filter).value(), sort);
        QVERIFY(expected.size() > 3);
        QCOMPARE(*pages.order(filter, sort, now), expected);

        JobPageRequest request;
        request.filter = filter;
        request.sort = sort;
        request.now = now;
        request.limit = 7;
        request.withCounts = true;
        // Forwards by keys, then backwards.
        QList<qint64> forwards;
        QList<JobKey> firsts;
        for (;;) {
            const auto page = pages.page(request);
            QVERIFY2(page, page ? "" : qPrintable(page.error().detail));
            QCOMPARE(page->total, expected.size());
            if (page->jobs.isEmpty())
                break;
            forwards += idsOf(page->jobs);
            QVERIFY2(forwards.size() <= expected.size(), "a page must begin after the previous one");
            firsts.append(*page->first);
            request.after = page->last;
        }
        QCOMPARE(forwards, expected);
        request.after = {};
        QList<qint64> backwards;
        request.before = JobKey{firsts.last()};
        for (;;) {
            const auto page = pages.page(request);
            QVERIFY(page);
            if (page->jobs.isEmpty())
                break;
            backwards = idsOf(page->jobs) + backwards;
            QVERIFY(backwards.size() <= expected.size());
            request.before = page->first;
        }
        QCOMPARE(backwards, expected.mid(0, (firsts.size() - 1) * 7));
        // By offset.
        request.before = {};
        for (qint64 offset = 0; offset < expected.size() + 7; offset += 5) {
            request.offset = offset;
            QCOMPARE(idsOf(pages.page(request)->jobs), expected.mid(offset, 7));
        }
    }
}

void TestJobPageReader::filtersMatchLiterally_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("a percent sign") << QStringLiteral("50%") << QStringList{QStringLiteral("a 50% b")};
    QTest::newRow("an underscore") << QStringLiteral("x_y") << QStringList{QStringLiteral("x_y")};
    QTest::newRow("a backslash") << QStringLiteral("\\") << QStringList{QStringLiteral("back\\slash")};
    QTest::newRow("a quotation mark") << QStringLiteral("'; DROP")
                                      << QStringList{QStringLiteral("'; DROP TABLE jobs; --")};
    QTest::newRow("letters in any case") << QStringLiteral("XZY") << QStringList{QStringLiteral("xzy")};
    QTest::newRow("an umlaut") << QStringLiteral("Ä") << QStringList{QStringLiteral("Ä")};
    QTest::newRow("a number also matches an id")
        << QStringLiteral("2") << QStringList{QStringLiteral("x_y"), QStringLiteral("no 2")};
    QTest::newRow("two percent signs match nothing") << QStringLiteral("%%") << QStringList{};
}

void TestJobPageReader::filtersMatchLiterally()
{
    QFETCH(QString, text);
    QFETCH(QStringList, names);
    QueueTest t;
    for (const char *name : {"a 50% b", "x_y", "xzy", "back\\slash", "'; DROP TABLE jobs; --", "Ä", "no 2"}) {
        NewJob job;
        job.type = QStringLiteral("noop");
        job.inputFile = QString::fromUtf8(name);
        QVERIFY(t.queue->add(job));
    }
    JobPageReader pages(*t.db);
    JobPageRequest request;
    request.filter.text = text;
    request.sort = {JobColumn::Id, false};
    request.withCounts = true;
    const auto page = pages.page(request);
    QVERIFY(page);
    QStringList found;
    for (const Job &job : page->jobs)
        found.append(job.inputFile);
    QCOMPARE(found, names);
    QCOMPARE(page->total, names.size());
    QCOMPARE(pages.order(request.filter, request.sort, now)->size(), names.size());
}

void TestJobPageReader::readsJobsByIds()
{
    QueueTest t;
    for (int i = 0; i < 5; ++i)
        t.add();
    JobPageReader pages(*t.db);
    const auto jobs = pages.byIds({4, 77, 1, 5});
    QVERIFY(jobs);
    QCOMPARE(idsOf(*jobs), (QList<qint64>{4, 77, 1, 5}));
    QVERIFY(isDeleted(jobs->at(1)));
    QVERIFY(!isDeleted(jobs->at(2)));
    QVERIFY(pages.byIds({})->isEmpty());
}

void TestJobPageReader::inspectionReturnsJobsAndCounts()
{
    QueueTest t;
    for (int i = 0; i < 5; ++i)
        t.add();
    t.add(QStringLiteral("plantuml"));
    t.claimOne(t.worker());
    JobInspectionRequest request;
    request.ids = {1, 2};
    request.filter.type = QStringLiteral("noop");
    request.newerThan = 3;
    const auto inspection = JobPageReader(*t.db).inspect(request);
    QVERIFY(inspection);
    QCOMPARE(toString(inspection->jobs.first().status), QStringLiteral("processing"));
    QCOMPARE(inspection->counts.pending, 4);
    QCOMPARE(inspection->counts.processing, 1);
    QCOMPARE(inspection->newer, 2);
}

QTEST_GUILESS_MAIN(TestJobPageReader)
#include "tst_jobpagereader.moc"
