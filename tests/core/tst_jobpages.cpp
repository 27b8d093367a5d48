// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of the jobs table over real SQL: every order both ways, forwards, backwards and by jumps, in old files too; orders
// that hold still; commands by filter; and the store's thread for all of it.
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobpages.h"

#include "core/store/store.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::JobSort)

namespace {

constexpr int jobCount = 173;
const QDateTime now(QDate(2026, 1, 2), QTime(0, 0), Qt::UTC);

QString quoted(const QString &text)
{
    return text.isNull() ? QStringLiteral("NULL") : QLatin1Char('\'') + text + QLatin1Char('\'');
}

/// Rows with many ties and NULLs in every column that may have them.
void fill(RawSql &raw, bool knowsCancelled)
{
    QRandomGenerator random(20260101);
    const auto time = [&random](int hour) {
        return QStringLiteral("2026-01-01 %1:%2:%3").arg(hour, 2, 10, QLatin1Char('0')).arg(random.bounded(3), 2, 10, QLatin1Char('0')).arg(
            random.bounded(60), 2, 10, QLatin1Char('0'));
    };
    const QStringList states{QStringLiteral("pending"), QStringLiteral("processing"), QStringLiteral("completed"), QStringLiteral("failed"),
                             QStringLiteral("cancelled")};
    QStringList rows;
    for (int i = 1; i <= jobCount; ++i) {
        const QString state = states.at(random.bounded(knowsCancelled ? 5 : 4));
        const bool begun = state != states.first() && random.bounded(8) > 0;
        const bool ended = begun && state != states.at(1) && random.bounded(5) > 0;
        rows.append(QStringLiteral("('%1', '%2', %3, '/w/%4.puml', '/w/out/%5.svg', '', '{}', %6, %7, %8, %9, %10, %11)")
                        .arg(i % 3 ? QStringLiteral("noop") : QStringLiteral("plantuml"), state,
                             random.bounded(6) ? QString::number(random.bounded(4) - 1) : QStringLiteral("NULL"))
                        .arg(random.bounded(40))
                        .arg(random.bounded(40))
                        .arg(quoted(random.bounded(9) ? time(1) : QString()), quoted(begun ? time(2) : QString()), quoted(ended ? time(3) : QString()),
                             begun ? QString::number(random.bounded(4) + 1) : QStringLiteral("NULL"),
                             random.bounded(9) ? QString::number(random.bounded(3)) : QStringLiteral("NULL"),
                             quoted(state == states.at(3) ? QStringLiteral("error %1").arg(random.bounded(5)) : QString())));
    }
    // The workers are referred to.
    raw.script(QStringLiteral("INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', 'a', 'idle'), ('noop', 'b', 'idle'), "
                              "('noop', 'c', 'idle'), ('noop', 'd', 'idle')"));
    if (!raw.exec(QStringLiteral("INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, payload, created_at, "
                                 "started_at, completed_at, worker_id, attempts, error) VALUES ")
                  + rows.join(QStringLiteral(", "))))
        qFatal("%s", qPrintable(raw.error()));
}

QList<qint64> idsOf(const QList<Job> &jobs)
{
    QList<qint64> ids;
    for (const Job &job : jobs)
        ids.append(job.id);
    return ids;
}

/// What the order must be, said once more in C++ over the rows as they are read.
QList<qint64> expectedOrder(QList<Job> jobs, const JobSort &sort)
{
    const auto between = [](const QDateTime &from, const QDateTime &to) { return from.isValid() && to.isValid() ? from.msecsTo(to) : qint64(-1); };
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
        case JobColumn::ActiveFirst: return {processing, {}};
        case JobColumn::State: return {processing ? 0 : pending ? 1 : job.status == JobStatus::Failed ? 2 : job.status == JobStatus::Cancelled ? 3 : 4, {}};
        case JobColumn::Id: return {job.id, {}};
        case JobColumn::Type: return {0, job.type.toUtf8()};
        case JobColumn::Priority: return {job.priority, {}};
        case JobColumn::Input: return {0, job.inputFile.toUtf8()};
        case JobColumn::Output: return {0, job.outputFile.toUtf8()};
        case JobColumn::Tries: return {job.attempts, {}};
        case JobColumn::Worker: return {job.workerId, {}};
        case JobColumn::Waiting:
            return {between(job.createdAt,
                            pending ? now : first({job.startedAt, job.cancelledAt, job.completedAt, processing ? now : QDateTime()})), {}};
        case JobColumn::Running: return {between(job.startedAt, processing ? now : pending ? QDateTime() : job.completedAt), {}};
        case JobColumn::Added: return {job.createdAt.isValid() ? job.createdAt.toMSecsSinceEpoch() : -1, {}};
        case JobColumn::Error: return {0, job.error.toUtf8()};
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

class TestJobPages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOrderEveryWay_data();
    void everyOrderEveryWay();
    void filtersMatchLiterally_data();
    void filtersMatchLiterally();
    void rowsByIds();
    void look();
    void heldOrderStandsStill();
    void heldOrderBeginsWithWhatIsSeen();
    void commandsByFilter_data();
    void commandsByFilter();
    void storeAnswersOnItsOwnThread();
    void mootRequestsAreNotCarriedOut();
    void storeCommandsInChunks();
};

void TestJobPages::everyOrderEveryWay_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<JobSort>("sort");
    const std::pair<const char *, QString> files[]{{"new", {}}, {"v1", clxVersion1()}, {"migrated", clxMigratedTo11()}};
    for (const auto &[name, script] : files) {
        for (int column = 0; column <= int(JobColumn::Error); ++column) {
            for (const bool descending : {true, false})
                QTest::addRow("%s, column %d, %s", name, column, descending ? "down" : "up") << script << JobSort{JobColumn(column), descending};
        }
    }
}

void TestJobPages::everyOrderEveryWay()
{
    QFETCH(QString, script);
    QFETCH(JobSort, sort);
    QueueTest t(script);
    RawSql raw(t.path());
    fill(raw, t.db->knowsCancelled());
    JobPages pages(*t.db);
    JobFilter all;
    JobFilter some;
    some.type = QStringLiteral("noop");
    some.text = QStringLiteral("/w/3");
    JobFilter failed;
    failed.status = JobStatus::Failed;
    for (JobFilter filter : {all, some, failed}) {
        filter.limit = jobCount;
        const QList<qint64> expected = expectedOrder(t.queue->list(filter).value(), sort);
        QVERIFY(expected.size() > 3);
        QCOMPARE(*pages.order(filter, sort, now), expected);

        JobPageRequest request;
        request.filter = filter;
        request.sort = sort;
        request.now = now;
        request.limit = 7;
        request.withCounts = true;
        // Forwards by keys, and back again.
        QList<qint64> forwards;
        QList<JobKey> firsts;
        for (;;) {
            const auto page = pages.page(request);
            QVERIFY2(page, page ? "" : qPrintable(page.error().detail));
            QCOMPARE(page->total, expected.size());
            if (page->jobs.isEmpty())
                break;
            forwards += idsOf(page->jobs);
            QVERIFY2(forwards.size() <= expected.size(), "a page begins where the last one ended");
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
        // By jumps.
        request.before = {};
        for (qint64 offset = 0; offset < expected.size() + 7; offset += 5) {
            request.offset = offset;
            QCOMPARE(idsOf(pages.page(request)->jobs), expected.mid(offset, 7));
        }
    }
}

void TestJobPages::filtersMatchLiterally_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("percent") << QStringLiteral("50%") << QStringList{QStringLiteral("a 50% b")};
    QTest::newRow("underscore") << QStringLiteral("x_y") << QStringList{QStringLiteral("x_y")};
    QTest::newRow("backslash") << QStringLiteral("\\") << QStringList{QStringLiteral("back\\slash")};
    QTest::newRow("quote") << QStringLiteral("'; DROP") << QStringList{QStringLiteral("'; DROP TABLE jobs; --")};
    QTest::newRow("case aside") << QStringLiteral("XZY") << QStringList{QStringLiteral("xzy")};
    QTest::newRow("umlaut") << QStringLiteral("Ä") << QStringList{QStringLiteral("Ä")};
    QTest::newRow("a number is an id too") << QStringLiteral("2") << QStringList{QStringLiteral("x_y"), QStringLiteral("no 2")};
    QTest::newRow("nothing") << QStringLiteral("%%") << QStringList{};
}

void TestJobPages::filtersMatchLiterally()
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
    JobPages pages(*t.db);
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

void TestJobPages::rowsByIds()
{
    QueueTest t;
    for (int i = 0; i < 5; ++i)
        t.add();
    JobPages pages(*t.db);
    const auto jobs = pages.byIds({4, 77, 1, 5});
    QVERIFY(jobs);
    QCOMPARE(idsOf(*jobs), (QList<qint64>{4, 77, 1, 5}));
    QVERIFY(isGone(jobs->at(1)));
    QVERIFY(!isGone(jobs->at(2)));
    QVERIFY(pages.byIds({})->isEmpty());
}

void TestJobPages::look()
{
    QueueTest t;
    for (int i = 0; i < 5; ++i)
        t.add();
    t.add(QStringLiteral("plantuml"));
    t.claimOne(t.worker());
    JobLookRequest request;
    request.ids = {1, 2};
    request.filter.type = QStringLiteral("noop");
    request.newerThan = 3;
    const auto look = JobPages(*t.db).look(request);
    QVERIFY(look);
    QCOMPARE(toString(look->jobs.first().status), QStringLiteral("processing"));
    QCOMPARE(look->counts.pending, 4);
    QCOMPARE(look->counts.processing, 1);
    QCOMPARE(look->newer, 2);
}

void TestJobPages::heldOrderStandsStill()
{
    QueueTest t;
    for (int i = 0; i < 50; ++i)
        t.add();
    JobBrowser browser;
    JobPageRequest request;
    request.order = 1;
    request.limit = 10;
    request.offset = 20;
    const auto before = browser.page(*t.db, request);
    QVERIFY(before);
    QCOMPARE(before->total, 50);
    QCOMPARE(before->jobs.first().id, 30);
    // Much happens: some run (and would come first), some are added, one is gone.
    const qint64 worker = t.worker();
    for (int i = 0; i < 5; ++i)
        t.claimOne(worker);
    for (int i = 0; i < 5; ++i)
        t.add();
    QVERIFY(RawSql(t.path()).exec(QStringLiteral("DELETE FROM jobs WHERE id = 29")));
    const auto after = browser.page(*t.db, request);
    QCOMPARE(idsOf(after->jobs), idsOf(before->jobs));
    QVERIFY(isGone(after->jobs.at(1)));
    request.offset = 45;
    const auto last = browser.page(*t.db, request);
    QCOMPARE(idsOf(last->jobs), (QList<qint64>{5, 4, 3, 2, 1}));
    QCOMPARE(toString(last->jobs.first().status), QStringLiteral("processing")); // values are those of now
    const auto rows = browser.rows(*t.db, request, {{0, 1}, {48, 60}}, 10);
    QVERIFY(rows);
    QCOMPARE(idsOf(*rows), (QList<qint64>{50, 49, 2, 1}));
    QCOMPARE(browser.rows(*t.db, request, {{0, 49}}, 10).error().code, ErrorCode::InvalidArgument);
    request.order = 2;
    request.offset = 0;
    const auto anew = browser.page(*t.db, request);
    QCOMPARE(anew->total, 54);
    QCOMPARE(idsOf(anew->jobs).mid(0, 6), (QList<qint64>{5, 4, 3, 2, 1, 55}));
}

void TestJobPages::heldOrderBeginsWithWhatIsSeen()
{
    QueueTest t;
    for (int i = 0; i < 20; ++i)
        t.add();
    JobBrowser browser;
    JobPageRequest request;
    request.order = 1;
    request.head = {3, 20, 19, 18};
    request.filter.maxId = 20;
    request.limit = 8;
    t.add();
    const auto page = browser.page(*t.db, request);
    QCOMPARE(idsOf(page->jobs), (QList<qint64>{3, 20, 19, 18, 17, 16, 15, 14}));
    QCOMPARE(page->total, 20);
}

void TestJobPages::commandsByFilter_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("new") << QString();
    QTest::newRow("v1") << clxVersion1();
    QTest::newRow("migrated") << clxMigratedTo11();
}

void TestJobPages::commandsByFilter()
{
    QFETCH(QString, script);
    QueueTest t(script);
    RawSql raw(t.path());
    fill(raw, t.db->knowsCancelled());
    JobFilter filter;
    filter.type = QStringLiteral("noop");
    filter.maxId = 100;
    const auto count = [&raw](const char *where) {
        return raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE job_type = 'noop' AND id <= 100 AND ") + QString::fromLatin1(where)).toInt();
    };
    const int all = raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing')")).toInt();
    const int open = count("status IN ('pending', 'processing')");
    QVERIFY(open > 10 && open < all);
    int cancelled = 0;
    int chunks = 0;
    JobChunk chunk;
    do {
        const auto done = t.queue->cancelMatching(filter, QStringLiteral("anna"), chunk.last, 4);
        QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
        chunk = *done;
        cancelled += chunk.changed;
        ++chunks;
    } while (chunk.more);
    QCOMPARE(cancelled, open);
    QVERIFY(chunks > open / 4);
    QCOMPARE(count("status IN ('pending', 'processing')"), 0);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing')")).toInt(), all - open);
    const int ended = count("status IN ('failed', 'cancelled')");
    const auto retried = t.queue->retryMatching(filter, 0, 1000);
    QVERIFY(retried);
    QCOMPARE(retried->changed, ended);
    QVERIFY(!retried->more);
    QCOMPARE(count("status = 'pending' AND error IS NULL AND worker_id IS NULL"), ended);
}

void TestJobPages::storeAnswersOnItsOwnThread()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    NewJob job;
    job.type = QStringLiteral("noop");
    QVERIFY(answerOf(store.addJobs({job, job, job})));
    // The reader has its hands full, and the page comes all the same.
    std::atomic<bool> release = false;
    const auto stuck = store.read<int>([&release](Database &) -> Result<int> {
        while (!release)
            QThread::yieldCurrentThread();
        return 1;
    });
    JobPageRequest request;
    request.withCounts = true;
    const auto page = answerOf(store.jobPage(request));
    const bool wasStuck = !stuck.isFinished();
    release = true;
    QVERIFY(page);
    QVERIFY(wasStuck);
    QCOMPARE(page->total, 3);
    QCOMPARE(page->newestId, 3);
    QCOMPARE(idsOf(page->jobs), (QList<qint64>{3, 2, 1}));
    request.order = 1;
    QCOMPARE(answerOf(store.jobPage(request))->total, 3);
    QCOMPARE(idsOf(*answerOf(store.jobsInRows(request, {{1, 2}}, 10))), (QList<qint64>{2, 1}));
    JobLookRequest look;
    look.ids = {2};
    QCOMPARE(answerOf(store.lookAtJobs(look))->counts.pending, 3);
}

void TestJobPages::mootRequestsAreNotCarriedOut()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    JobPageRequest request;
    request.token = 1;
    QVERIFY(answerOf(store.jobPage(request)));
    // A burst: the thread may have begun with the first, but of the others only the newest is carried out.
    QList<QFuture<Result<JobPage>>> burst;
    for (quint64 token = 2; token < 50; ++token) {
        request.token = token;
        burst.append(store.jobPage(request));
    }
    QVERIFY(answerOf(burst.last()));
    const auto cancelled = std::count_if(burst.cbegin(), burst.cend(), [](const auto &future) {
        return !future.result() && future.result().error().code == ErrorCode::Cancelled;
    });
    QVERIFY2(cancelled > 0, qPrintable(QString::number(cancelled)));
    request.token = 3;
    QCOMPARE(answerOf(store.jobPage(request)).error().code, ErrorCode::Cancelled);
}

void TestJobPages::storeCommandsInChunks()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    NewJob job;
    job.type = QStringLiteral("noop");
    QVERIFY(answerOf(store.addJobs(QList<NewJob>(5000, job))));
    JobFilter filter;
    const auto cancelled = store.cancelMatching(filter, QStringLiteral("anna"));
    const auto added = store.addJobs({job, job}); // gets its turn in between, and is not meant
    QCOMPARE(answerOf(cancelled).value(), 5000);
    QVERIFY(answerOf(added));
    JobPageRequest request;
    request.withCounts = true;
    const auto page = answerOf(store.jobPage(request));
    QCOMPARE(page->counts->cancelled, 5000);
    QCOMPARE(page->counts->pending, 2);
    filter.status = JobStatus::Cancelled;
    QCOMPARE(answerOf(store.retryMatching(filter)).value(), 5000);
}

QTEST_GUILESS_MAIN(TestJobPages)
#include "tst_jobpages.moc"
