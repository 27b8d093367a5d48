// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the row of a worker in the queue, from its registration to its end.
#include "core/worker/workerregistration.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWorkerRegistration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void registrationTracksTheStatus();
    void takesOverTheRowOfAManagerOfClm_data();
    void takesOverTheRowOfAManagerOfClm();
    void deadWorkerCannotBecomeIdle();
};

void TestWorkerRegistration::registrationTracksTheStatus()
{
    QueueTest t;
    WorkerRegistration registration(*t.registry, noopWorkerOptions());
    QVERIFY(!registration.isRegistered() && !registration.isIdle());
    QVERIFY2(registration.leave(), "leave() must succeed for a worker without a row");
    QVERIFY(registration.registerWorker());
    QVERIFY(registration.isRegistered() && registration.isIdle());
    QCOMPARE(t.registry->idOf(s("w0")).value().value(), registration.workerId());
    t.add();
    QVERIFY(t.queue->claim(registration.workerId(), s("noop")));
    registration.setBusy();
    QVERIFY(!registration.isIdle());
    QVERIFY(registration.setIdle());
    QVERIFY(registration.isIdle());
    QVERIFY(registration.leave());
    QCOMPARE(RawSql(t.path()).value(s("SELECT status FROM workers")).toString(), s("dead"));
}

void TestWorkerRegistration::takesOverTheRowOfAManagerOfClm_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QVariant>("mode");
    QTest::addColumn<bool>("isAccepted");
    const QVariant none;
    QTest::newRow("as CLM inserts it") << s("noop") << s("created") << none << true;
    QTest::newRow("with a mode") << s("noop") << s("created") << QVariant(s("docker")) << true;
    QTest::newRow("another type") << s("plantuml") << s("created") << none << false;
    QTest::newRow("in use") << s("noop") << s("idle") << none << false;
    QTest::newRow("busy") << s("noop") << s("busy") << none << false;
    QTest::newRow("given up") << s("noop") << s("dead") << none << false;
}

void TestWorkerRegistration::takesOverTheRowOfAManagerOfClm()
{
    QFETCH(QString, type);
    QFETCH(QString, status);
    QFETCH(QVariant, mode);
    QFETCH(bool, isAccepted);
    QueueTest t;
    RawSql raw(t.path());
    WorkerOptions assigned = noopWorkerOptions();
    assigned.executionMode = s("direct");
    assigned.assignedWorkerId = 7;
    WorkerRegistration registration(*t.registry, assigned);
    QCOMPARE(registration.registerWorker().error().code, ErrorCode::NotFound); // the row may be inserted later
    QVERIFY(raw.exec(s("INSERT INTO workers (id, worker_type, container_id, status, parent_pid, session_id, "
                       "execution_mode, last_heartbeat) VALUES (7, ?, 'direct-noop-1', ?, 42, 'one', ?, 'old')"),
                     {type, status, mode}));
    const QString row = s(
        "SELECT status || '|' || container_id || '|' || session_id || '|' || ifnull(execution_mode, '-') "
        "|| '|' || (last_heartbeat = 'old') FROM workers");
    const QString before = raw.value(row).toString();
    const Status registered = registration.registerWorker();
    QCOMPARE(bool(registered), isAccepted);
    QCOMPARE(registration.isRegistered(), isAccepted);
    if (!isAccepted) {
        QCOMPARE(registered.error().code, ErrorCode::WorkerDead);
        QVERIFY(registered.error().message.contains(s("CLM_WORKER_ID")));
        QVERIFY(registration.leave());
        QCOMPARE(raw.value(row).toString(), before);
        return;
    }
    QCOMPARE(registration.workerId(), 7);
    QCOMPARE(registration.managerPid(), 42);
    QVERIFY(registration.isIdle());
    QCOMPARE(raw.value(row).toString(),
             s("idle|direct-noop-1|one|%1|0").arg(mode.isNull() ? s("direct") : mode.toString()));
    QVERIFY(registration.leave()); // as CLM's own workers do
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 0);
}

void TestWorkerRegistration::deadWorkerCannotBecomeIdle()
{
    QueueTest t;
    WorkerRegistration registration(*t.registry, noopWorkerOptions());
    QVERIFY(registration.registerWorker());
    registration.setBusy();
    QVERIFY(t.registry->setDead(registration.workerId()));
    const Status idle = registration.setIdle();
    QVERIFY(!idle);
    QCOMPARE(idle.error().code, ErrorCode::WorkerDead);
    QVERIFY(!registration.isIdle());
}

QTEST_GUILESS_MAIN(TestWorkerRegistration)
#include "tst_workerregistration.moc"
