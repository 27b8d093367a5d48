// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what a job costs a worker: pages written to the database, and opened files. A regression of the speed of the
// queue fails here without measuring time.
#include "core/store/database.h"
#include "core/worker/noopconverter.h"
#include "core/worker/workerloop.h"
#include "tests/interposed/fileopenings.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int pageBytes = 4096;
constexpr int frameHeaderBytes = 24; // of each page in the write-ahead log (https://www.sqlite.org/walformat.html)
constexpr int logHeaderBytes = 32;

} // namespace

class TestQueueCosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsCostFewPages_data();
    void jobsCostFewPages();
};

void TestQueueCosts::jobsCostFewPages_data()
{
    QTest::addColumn<int>("jobs");
    QTest::addColumn<int>("largestBatch");
    QTest::addColumn<double>("pagesPerJob");
    // The claim and the acknowledgement of one job change about 13 pages of its row, of the indexes of CLX and of ours,
    // and of the counts; as two transactions, they change 20.
    QTest::newRow("one by one") << 150 << 1 << 15.0;
    QTest::newRow("in batches") << 2000 << 0 << 1.5;
}

void TestQueueCosts::jobsCostFewPages()
{
    QFETCH(int, jobs);
    QFETCH(int, largestBatch);
    QFETCH(double, pagesPerJob);
    QueueTest t;
    QList<NewJob> added;
    for (int i = 0; i < jobs; ++i) {
        NewJob job;
        job.type = s("noop");
        added.append(job);
    }
    QVERIFY(t.queue->addMany(added));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("PRAGMA wal_checkpoint(TRUNCATE)")));
    RawSql reader(t.path()); // so that the log does not start anew, and its size shows what was written
    QVERIFY(reader.exec(s("BEGIN")) && reader.value(s("SELECT count(*) FROM jobs")).toInt() == jobs);
    auto database = Database::open(t.path(), OpenMode::ReadWrite);
    QVERIFY(database);
    WorkerOptions options;
    options.type = s("noop");
    options.executorId = s("worker");
    options.databasePath = t.path();
    options.workspace = t.folder.path();
    options.logLevel = LogLevel::Error;
    options.largestBatch = largestBatch;
    WorkerLoop loop(options, *std::move(database), nullptr, std::make_unique<NoopConverter>());
    const QFileInfo log(t.path() + s("-wal"));
    QCOMPARE(log.size(), 0);

    const int openedBefore = FileOpenings::total();
    loop.start();
    const QString completed = s("SELECT completed FROM lifeguard_job_counts WHERE job_type = 'noop'");
    EVENTUALLY(raw.value(completed).toInt() == jobs);
    const int opened = FileOpenings::total() - openedBefore;
    const double pages = double(QFileInfo(log.filePath()).size() - logHeaderBytes) / (pageBytes + frameHeaderBytes);
    qInfo("%.2f pages and %.3f opened files per job", pages / jobs, double(opened) / jobs);
    QVERIFY(pages > 0); // the log was not shortened meanwhile
    QVERIFY2(pages / jobs <= pagesPerJob, qPrintable(QString::number(pages / jobs)));
    QVERIFY2(opened < jobs / 4, qPrintable(QString::number(opened))); // those of the start of the worker only

    QSignalSpy finished(&loop, &WorkerLoop::finished);
    loop.stop(s("test"));
    EVENTUALLY(finished.size() == 1);
}

QTEST_GUILESS_MAIN(TestQueueCosts)
#include "tst_queuecosts.moc"
