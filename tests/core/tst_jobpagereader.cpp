// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pages of the table of jobs: every order in both directions, read forwards, backwards and by offset, also in
// old files.
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobpagereader.h"
#include "tests/support/bytesread.h"
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
    void textIsSearchedOnce();
    void frequentTextIsCounted();
    void orderByIdReadsAnIndex();
    void obsoleteQueriesAreInterrupted();
    void idsBeginWithTheFirstOnes();
    void readsEveryOrderInEveryDirection_data();
    void readsEveryOrderInEveryDirection();
    void filtersMatchLiterally_data();
    void filtersMatchLiterally();
    void readsJobsByIds();
    void inspectionReturnsJobsAndCounts();

private:
    static void addLargeTable(RawSql &raw, int count);
};

/// Adds jobs that are larger than the page cache together.
void TestJobPageReader::addLargeTable(RawSql &raw, int count)
{
    QVERIFY(raw.exec(QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                                    "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, "
                                    "payload) SELECT 'noop', CASE WHEN i % 2 THEN 'completed' ELSE 'failed' END, "
                                    "'/w/in/' || i || '.txt', '/w/out/' || i, i, hex(zeroblob(200)) FROM n"),
                     {count}));
    QCOMPARE(raw.value(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")).toInt(), 0);
}

void TestJobPageReader::textIsSearchedOnce()
{
    constexpr int count = 20000;
    QueueTest t;
    RawSql raw(t.path());
    addLargeTable(raw, count);
    JobPageReader pages(*t.db);
    const auto bytesOfPage = [&pages](const JobPageRequest &request, int total) -> qint64 {
        const qint64 before = bytesRead();
        const Result<JobPage> page = pages.page(request);
        const qint64 read = bytesRead() - before;
        return page && page->total == total && page->counts->failed == (total + 1) / 2 ? read : -1;
    };
    JobPageRequest all;
    all.sort.column = JobColumn::Input;
    all.withCounts = true;
    (void)bytesOfPage(all, count);
    const qint64 oneScan = bytesOfPage(all, count); // the counts are stored
    QVERIFY(oneScan > qint64(count) * 400);
    JobPageRequest some = all;
    some.filter.text = QStringLiteral("/in/12340");
    some.sort = {};
    QVERIFY(bytesOfPage(some, 1) > 0);
    const qint64 inOneRun = bytesOfPage(some, 1);
    QVERIFY2(inOneRun > 0 && 2 * inOneRun < 3 * oneScan,
             qPrintable(QStringLiteral("%1 and %2 bytes").arg(inOneRun).arg(oneScan)));
}

void TestJobPageReader::orderByIdReadsAnIndex()
{
    constexpr int count = 20000;
    QueueTest t;
    RawSql raw(t.path());
    addLargeTable(raw, count);
    JobPageReader pages(*t.db);
    JobFilter filter;
    filter.maxId = count - 1;
    const qint64 before = bytesRead();
    const Result<QList<qint64>> order = pages.order(filter, {}, now);
    const qint64 read = bytesRead() - before;
    QCOMPARE(order->size(), count - 1);
    QCOMPARE(order->first(), count - 1);
    QVERIFY2(read < qint64(count) * 100, qPrintable(QString::number(read))); // a row of the table has more than 400
}

/// The other way of counting: for texts that many jobs have.
void TestJobPageReader::frequentTextIsCounted()
{
    constexpr int count = JobPageReader::maxListedJobs + 2;
    QueueTest t;
    RawSql raw(t.path());
    addLargeTable(raw, count);
    JobPageReader pages(*t.db);
    JobPageRequest request;
    request.withCounts = true;
    for (const int matching : {count - 2, count - 1, count}) {
        request.filter.text = QStringLiteral(".txt");
        request.filter.maxId = matching;
        const auto page = pages.page(request);
        QVERIFY(page);
        QCOMPARE(page->total, matching);
        QCOMPARE(page->jobs.size(), 200);
        QCOMPARE(page->jobs.first().id, matching);
    }
}

void TestJobPageReader::obsoleteQueriesAreInterrupted()
{
    QueueTest t;
    RawSql raw(t.path());
    addLargeTable(raw, 20000);
    JobPageReader pages(*t.db);
    const JobSort byInput{JobColumn::Input, false};
    int checks = 0;
    const auto order = [&] { return pages.order({}, byInput, now); };
    const auto page = [&] {
        JobPageRequest request;
        request.sort = byInput;
        return pages.page(request);
    };
    const auto isObsolete = [&checks] { return ++checks == 3; };
    QCOMPARE(t.db->interruptible(isObsolete, order).error().code, ErrorCode::Cancelled);
    QCOMPARE(checks, 3);
    checks = 0;
    QCOMPARE(t.db->interruptible(isObsolete, page).error().code, ErrorCode::Cancelled);
    QCOMPARE(checks, 3);
    QCOMPARE(order()->size(), 20000); // no longer interrupted
    QCOMPARE(page()->jobs.size(), 200);
    QCOMPARE(checks, 3);
}

void TestJobPageReader::idsBeginWithTheFirstOnes()
{
    QCOMPARE(JobPageReader::beginningWith({}, {3, 2, 1}), (QList<qint64>{3, 2, 1}));
    QCOMPARE(JobPageReader::beginningWith({2}, {3, 2, 1}), (QList<qint64>{2, 3, 1}));
    QCOMPARE(JobPageReader::beginningWith({1, 9, 3}, {3, 2, 1}), (QList<qint64>{1, 9, 3, 2}));
}

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
