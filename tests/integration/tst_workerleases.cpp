// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the program lifeguard-worker when it loses its job or its row, and when another program locks the database.
#include "core/base/beatfile.h"
#include "core/store/interruptedjobs.h"
#include "tests/support/queuetest.h"
#include "tests/support/workertest.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QTest>
#include <QThread>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWorkerLeases : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void runningJobCanBeCancelled();
    void outputOfAReturnedJobIsDiscarded();
    void workerMarkedDeadExits();
    void jobIsAcknowledgedAfterALock();
    void termIsNoticedWhileTheDatabaseIsLocked();
    void restOfABatchIsReturnedWhenAJobIsSlow();
    void unchangedOutputsDoNotMakeBatchesLarger();
    void cancelledJobOfABatchIsNotBegun();

private:
    /// Returns the number of jobs that are processing.
    [[nodiscard]] int processing()
    {
        return RawSql(path("jobs.db")).value(s("SELECT count(*) FROM jobs WHERE status = 'processing'")).toInt();
    }
};

void TestWorkerLeases::runningJobCanBeCancelled()
{
    const qint64 id = addNoop(60000, path("never.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    QCOMPARE(m_queue->cancel({id}, s("test")).value_or(0), 1);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QCOMPARE(status(id), s("cancelled"));
    QVERIFY(!QFile::exists(path("never.txt")));
    const qint64 next = addNoop(0); // the worker continues
    QTRY_COMPARE_WITH_TIMEOUT(status(next), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerLeases::outputOfAReturnedJobIsDiscarded()
{
    const qint64 id = addNoop(1500, path("shared.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    // A manager that considers the worker dead returns its job. Then another worker claims the job.
    QVERIFY(InterruptedJobs(*m_db, m_clock).returnJobsOf(job(id).workerId, {}));
    const qint64 other = m_registry->registerWorker(s("noop"), s("other"), s("direct")).value_or(0);
    const auto taken = m_queue->claim(other, s("noop"));
    QVERIFY(taken && taken->size() == 1);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QVERIFY(!QFile::exists(path("shared.txt")));
    QCOMPARE(status(id), s("processing"));
    QVERIFY(m_queue->acknowledge(taken->at(0).lease(), 0.1));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerLeases::workerMarkedDeadExits()
{
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QVERIFY(m_registry->setDead(m_registry->idOf(s("w0")).value().value()));
    const qint64 id = addNoop(0);
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 4); // so that its manager replaces it
    QVERIFY(logOf(*worker).contains("another program marked this worker dead"));
    QCOMPARE(status(id), s("pending"));
}

void TestWorkerLeases::jobIsAcknowledgedAfterALock()
{
    const qint64 id = addNoop(300, path("x.txt"));
    auto worker = start(s("noop"), {{"LOG_LEVEL", s("DEBUG")}});
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    bool isRepeated = false;
    const Status held = m_db->transaction([&]() -> Status {
        QByteArray log;
        isRepeated = QTest::qWaitFor([&] { return log.append(logOf(*worker)).contains("is repeated"); }, patience);
        return {};
    });
    QVERIFY(held);
    QVERIFY(isRepeated);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    QVERIFY(QFile::exists(path("x.txt")));
    QCOMPARE(job(id).attempts, 1);
    QCOMPARE(worker->state(), QProcess::Running);
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerLeases::termIsNoticedWhileTheDatabaseIsLocked()
{
    for (int i = 0; i < 50; ++i)
        addNoop(0);
    const QList<qint64> ids{addNoop(300, path("x.txt")), addNoop(0), addNoop(0)}; // claimed in one batch
    auto beats = BeatFile::create(path("beats"), 1);
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("beats:0")}, {"LOG_LEVEL", s("DEBUG")}});
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(0).jobId, ids.at(0), patience);
    bool isWritten = false;
    bool isTermNoticed = false;
    const Status held = m_db->transaction([&]() -> Status {
        // The job is converted but cannot be acknowledged, so that its output must not be renamed into place.
        const QDir folder(QFileInfo(path("x.txt")).path());
        isWritten = QTest::qWaitFor(
                        [&] { return !folder.entryList({s("*x.txt*")}, QDir::Files | QDir::Hidden).isEmpty(); },
                        patience)
                 && !QFile::exists(path("x.txt"));
        worker->terminate();
        QByteArray log;
        isTermNoticed = QTest::qWaitFor(
            [&] {
                log.append(logOf(*worker));
                return log.contains("stopping") && log.contains("is repeated");
            },
            patience);
        return {};
    });
    QVERIFY(held);
    QVERIFY(isWritten);
    QVERIFY2(isTermNoticed, "TERM must be noticed while the database is locked");
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(ids.at(0)), s("completed"));
    QVERIFY(QFile::exists(path("x.txt")));
    QCOMPARE(status(ids.at(1)), s("pending"));
    QCOMPARE(status(ids.at(2)), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorkerLeases::restOfABatchIsReturnedWhenAJobIsSlow()
{
    for (int i = 0; i < 50; ++i)
        addNoop(0);
    QList<qint64> slow;
    for (int i = 0; i < 30; ++i)
        slow.append(addNoop(600000));
    std::vector<std::unique_ptr<QProcess>> workers;
    workers.push_back(start(s("noop")));
    QTRY_COMPARE_WITH_TIMEOUT(status(slow.first()), s("processing"), patience);
    for (int i = 1; i < 4; ++i)
        workers.push_back(start(s("noop")));
    for (int i = 0; i < 4; ++i)
        QTRY_COMPARE_WITH_TIMEOUT(workerStatus(QStringLiteral("w%1").arg(i)), s("busy"), patience);
    EVENTUALLY(processing() == 4);
    // The returns did not use up attempts: three are left, as for a job that was never claimed.
    for (const qint64 id : slow) {
        if (status(id) == s("pending"))
            QCOMPARE(job(id).maxAttempts - job(id).attempts, 3);
    }
    QVERIFY(m_queue->cancel(slow, s("test")));
    for (const auto &worker : workers)
        worker->terminate();
    for (const auto &worker : workers)
        WAIT_FOR_END(worker);
}

void TestWorkerLeases::unchangedOutputsDoNotMakeBatchesLarger()
{
    const qint64 first = addNoop(30, path("same.txt"), 9, s("hash")); // longer than a job that is claimed in batches
    for (int i = 0; i < 50; ++i)
        addNoop(30, path("same.txt"), 1, s("hash"));
    const QList<qint64> slow{addNoop(600000), addNoop(600000)};
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(slow.first()), s("processing"), patience);
    QCOMPARE(status(first), s("completed"));
    QVERIFY(logOf(*worker).contains("unchanged"));
    QCOMPARE(job(slow.last()).attempts, 0); // was never claimed
    QVERIFY(m_queue->cancel(slow, s("test")));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerLeases::cancelledJobOfABatchIsNotBegun()
{
    for (int i = 0; i < 50; ++i)
        addNoop(0);
    const QList<qint64> ids{addNoop(80), addNoop(0), addNoop(0)}; // claimed in one batch
    auto beats = BeatFile::create(path("beats"), 1);
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("beats:0")}});
    // The worker is stopped while it works on the first job of the batch.
    QDeadlineTimer deadline(patience);
    while ((*beats)->read(0).jobId != ids.at(0) && !deadline.hasExpired())
        QThread::usleep(200);
    kill(pid_t(worker->processId()), SIGSTOP);
    QCOMPARE(status(ids.at(2)), s("processing"));
    QVERIFY(m_queue->cancel({ids.at(1)}, s("test")));
    kill(pid_t(worker->processId()), SIGCONT);
    QTRY_COMPARE_WITH_TIMEOUT(status(ids.at(2)), s("completed"), patience);
    QCOMPARE(status(ids.at(1)), s("cancelled"));
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray line = QByteArray("job ").append(QByteArray::number(ids.at(1))).append(':');
    QVERIFY(!logOf(*worker).contains(line));
}

QTEST_GUILESS_MAIN(TestWorkerLeases)
#include "tst_workerleases.moc"
