// SPDX-License-Identifier: GPL-3.0-or-later
// Tests when a worker that Lifeguard did not start counts as gone, and how its process is found.
#include "core/base/procfile.h"
#include "core/pool/foreignworkers.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestForeignWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decidesByTheEvidence_data();
    void decidesByTheEvidence();
    void limitIsConfigurable();
    void findsTheProcess();
};

Q_DECLARE_METATYPE(lifeguard::ForeignWorkerFacts)

void TestForeignWorkers::decidesByTheEvidence_data()
{
    QTest::addColumn<ForeignWorkerFacts>("facts");
    QTest::addColumn<bool>("gone");
    ForeignWorkerFacts idle;
    idle.longLimit = 6h;
    idle.silence = 119s;
    QTest::newRow("idle, beats") << idle << false;
    idle.silence = 121s;
    QTest::newRow("idle, silent") << idle << true;
    idle.isProcessAlive = true;
    QTest::newRow("idle, silent, its process lives") << idle << false;

    ForeignWorkerFacts busy;
    busy.longLimit = 6h;
    busy.isBusy = true;
    QTest::newRow("busy, not observed for long enough") << busy << false;
    busy.silence = 12min;
    QTest::newRow("busy in its 12th minute, no evidence") << busy << false;
    const auto with = [&busy](const auto &change) {
        ForeignWorkerFacts facts = busy;
        change(facts);
        return facts;
    };
    using Facts = ForeignWorkerFacts;
    QTest::newRow("of CLX, over its job limit") << with([](Facts &f) { f.hasJobLimit = true; }) << true;
    QTest::newRow("of CLX, its process lives")
        << with([](Facts &f) { f.hasJobLimit = f.isProcessAlive = true; }) << false;
    QTest::newRow("of CLX, within its job limit") << with([](Facts &f) {
        f.hasJobLimit = true;
        f.silence = 600s;
    }) << false;
    QTest::newRow("its parent is gone") << with([](Facts &f) { f.parent = ProcessPresence::Gone; }) << true;
    QTest::newRow("its parent is gone, it lives") << with([](Facts &f) {
        f.parent = ProcessPresence::Gone;
        f.isProcessAlive = true;
    }) << false;
    QTest::newRow("its parent is gone, it beats") << with([](Facts &f) {
        f.parent = ProcessPresence::Gone;
        f.hasJobBeats = true;
        f.jobBeatSilence = 60s;
    }) << false;
    QTest::newRow("its parent is gone, its beats stopped") << with([](Facts &f) {
        f.parent = ProcessPresence::Gone;
        f.hasJobBeats = true;
        f.jobBeatSilence = 121s;
    }) << true;
    QTest::newRow("its beats have not been observed for long enough") << with([](Facts &f) {
        f.parent = ProcessPresence::Gone;
        f.hasJobBeats = true;
    }) << false;
    QTest::newRow("no evidence, over the long limit") << with([](Facts &f) { f.silence = 6h + 1s; }) << true;
    QTest::newRow("over the long limit, its process lives") << with([](Facts &f) {
        f.silence = 48h;
        f.isProcessAlive = true;
    }) << false;
}

void TestForeignWorkers::decidesByTheEvidence()
{
    QFETCH(ForeignWorkerFacts, facts);
    QTEST(isForeignWorkerGone(facts), "gone");
}

void TestForeignWorkers::limitIsConfigurable()
{
    qunsetenv("LIFEGUARD_FOREIGN_JOB_LIMIT");
    QCOMPARE(foreignJobLimit(), seconds(6h));
    qputenv("LIFEGUARD_FOREIGN_JOB_LIMIT", "1200");
    QCOMPARE(foreignJobLimit(), seconds(1200));
    qputenv("LIFEGUARD_FOREIGN_JOB_LIMIT", "never");
    QCOMPARE(foreignJobLimit(), seconds(6h));
    qunsetenv("LIFEGUARD_FOREIGN_JOB_LIMIT");
}

void TestForeignWorkers::findsTheProcess()
{
    const QString name = s("direct-notebook-0-foreign1");
    ForeignProcesses processes;
    QVERIFY(!processes.isAlive(name, 0s));
    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("WORKER_ID"), name);
    worker.setProcessEnvironment(environment);
    worker.start(s("sleep"), {s("600")});
    QVERIFY(worker.waitForStarted());
    QVERIFY2(!processes.isAlive(name, 30s), "the search is not repeated at once");
    const quint64 scans = procScanCount();
    for (int i = 0; i < 300; ++i)
        QVERIFY(!processes.isAlive(s("direct-notebook-%1-foreign1").arg(i + 1), 60s));
    QCOMPARE(procScanCount() - scans, 1U); // one search serves all workers
    processes = {};
    QTRY_VERIFY(ForeignProcesses().isAlive(name, 0s)); // waitForStarted() returns before exec()
    QVERIFY(processes.isAlive(name, 61s));
    worker.kill();
    QVERIFY(worker.waitForFinished());
    QVERIFY(!processes.isAlive(name, 62s));
}

QTEST_GUILESS_MAIN(TestForeignWorkers)
#include "tst_foreignworkers.moc"
