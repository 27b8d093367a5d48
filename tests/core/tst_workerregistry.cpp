// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the rows of workers and managers: docs/protocol.md, "Who writes what" and "States".
#include "core/model/workerrow.h"
#include "core/model/workerstatus.h"
#include "tests/support/queuetest.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QString name0 = QStringLiteral("direct-noop-0-aaaaaaaa");
const QString name1 = QStringLiteral("direct-noop-1-bbbbbbbb");
const QString name2 = QStringLiteral("direct-noop-2-cccccccc");

} // namespace

class TestWorkerRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        t = std::make_unique<QueueTest>();
        raw = std::make_unique<RawSql>(t->path());
    }
    void cleanup()
    {
        raw.reset();
        t.reset();
    }

    void workerRegistersAsIdle();
    void refusesASecondRowWithTheSameName();
    void workerSwitchesBetweenIdleAndBusy();
    void workerMarksItselfDead();
    void workerWithADeadOrMissingRowIsRefused_data();
    void workerWithADeadOrMissingRowIsRefused();
    void managerEndsAWorker_data();
    void managerEndsAWorker();
    void firstEndIsKept();
    void managerMarksAWorkerHung();
    void deadWorkerStaysDead();
    void mirrorsBeatsAndLoads();
    void mirrorIsOneTransaction();
    void managersDoNotInsertWorkers();
    void ownedWorkersAreReadAsAdded();
    void addsAllOwnedWorkersOrNone();
    void managersRegisterAndBeat();
    void listsLivingAndRecentlyEndedWorkers();
    void listsWorkersOfAFileWithoutLifeguardTables();
    void idIsFoundByExecutorId();

private:
    [[nodiscard]] QString status(const QString &name) const
    {
        return raw->value(QStringLiteral("SELECT status FROM workers WHERE container_id = ?"), {name}).toString();
    }
    std::unique_ptr<QueueTest> t;
    std::unique_ptr<RawSql> raw;
};

void TestWorkerRegistry::workerRegistersAsIdle()
{
    const qint64 id = t->worker(name0);
    const auto rows = *t->registry->list(t->clock.utcNow());
    QCOMPARE(rows.size(), 1);
    const WorkerRow &row = rows.first();
    QCOMPARE(row.id, id);
    QCOMPARE(row.executorId, name0);
    QCOMPARE(row.type, QStringLiteral("noop"));
    QCOMPARE(row.status, WorkerStatus::Idle);
    QCOMPARE(row.executionMode, QStringLiteral("direct"));
    QCOMPARE(row.startedAt, t->clock.utcNow());
    QCOMPARE(row.lastHeartbeat, t->clock.utcNow());
    QCOMPARE(row.jobsProcessed, 0);
}

void TestWorkerRegistry::refusesASecondRowWithTheSameName()
{
    t->worker(name0);
    QVERIFY(!t->registry->registerWorker(QStringLiteral("noop"), name0, QStringLiteral("direct")));
    QCOMPARE(raw->value(QStringLiteral("SELECT count(*) FROM workers")).toInt(), 1);
}

void TestWorkerRegistry::workerSwitchesBetweenIdleAndBusy()
{
    const qint64 id = t->worker(name0);
    t->add();
    t->claimOne(id);
    QCOMPARE(status(name0), QStringLiteral("busy"));
    t->clock.advance(5s);
    QVERIFY(t->registry->setIdle(id));
    QCOMPARE(status(name0), QStringLiteral("idle"));
    QCOMPARE(t->registry->list(t->clock.utcNow())->first().lastHeartbeat, t->clock.utcNow());
    t->clock.advance(5s);
    QVERIFY(t->registry->beat(id));
    QCOMPARE(t->registry->list(t->clock.utcNow())->first().lastHeartbeat, t->clock.utcNow());
    // A worker that was marked hung and finishes its job after all is idle again.
    QVERIFY(t->registry->setHung(name0, Message::literal(QStringLiteral("over its limit"))));
    QVERIFY(t->registry->setIdle(id));
    QCOMPARE(status(name0), QStringLiteral("idle"));
}

void TestWorkerRegistry::workerMarksItselfDead()
{
    const qint64 id = t->worker(name0);
    t->worker(name1);
    QVERIFY(t->registry->setDead(id));
    QCOMPARE(status(name0), QStringLiteral("dead"));
    QCOMPARE(status(name1), QStringLiteral("idle"));
}

void TestWorkerRegistry::workerWithADeadOrMissingRowIsRefused_data()
{
    QTest::addColumn<QString>("statement");
    QTest::newRow("the row is marked dead") << QStringLiteral("UPDATE workers SET status = 'dead'");
    QTest::newRow("the row was deleted") << QStringLiteral("DELETE FROM workers");
}

void TestWorkerRegistry::workerWithADeadOrMissingRowIsRefused()
{
    QFETCH(QString, statement);
    const qint64 id = t->worker(name0);
    t->add();
    QVERIFY(raw->exec(statement));
    const QVariant before = raw->value(
        QStringLiteral("SELECT count(*) || max(last_heartbeat) || max(status) FROM workers"));
    t->clock.advance(5s);
    QCOMPARE(t->registry->setIdle(id).error().code, ErrorCode::WorkerDead);
    QCOMPARE(t->registry->beat(id).error().code, ErrorCode::WorkerDead);
    QCOMPARE(t->queue->claim(id, QStringLiteral("noop")).error().code, ErrorCode::WorkerDead);
    QCOMPARE(raw->value(QStringLiteral("SELECT count(*) || max(last_heartbeat) || max(status) FROM workers")), before);
    QCOMPARE(raw->value(QStringLiteral("SELECT status FROM jobs")).toString(), QStringLiteral("pending"));
}

void TestWorkerRegistry::managerEndsAWorker_data()
{
    QTest::addColumn<bool>("registered");
    QTest::addColumn<bool>("wanted");
    QTest::newRow("killed") << true << false;
    QTest::newRow("stopped by a user") << true << true;
    QTest::newRow("never registered") << false << false;
}

void TestWorkerRegistry::managerEndsAWorker()
{
    QFETCH(bool, registered);
    QFETCH(bool, wanted);
    t->addOwned(name0, QStringLiteral("m"));
    if (registered)
        t->worker(name0);
    t->clock.advance(60s);
    QVERIFY(t->registry->end(name0, Message::literal(QStringLiteral("SIGKILL")), wanted));
    const auto rows = *t->registry->list(t->clock.utcNow().addSecs(-600));
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first().status, registered ? WorkerStatus::Dead : WorkerStatus::None);
    QCOMPARE(rows.first().reason.englishText(), QStringLiteral("SIGKILL"));
    QCOMPARE(rows.first().wanted, wanted);
    QCOMPARE(rows.first().endedAt, t->clock.utcNow());
    QVERIFY(t->registry->owned()->isEmpty());
}

void TestWorkerRegistry::firstEndIsKept()
{
    t->addOwned(name0, QStringLiteral("m"));
    t->worker(name0);
    QVERIFY(t->registry->end(name0, Message::literal(QStringLiteral("stopped")), true));
    QVERIFY(t->registry->end(name0, Message::literal(QStringLiteral("its manager ended, and it is gone")), false));
    const auto rows = *t->registry->list(t->clock.utcNow());
    QCOMPARE(rows.first().reason.englishText(), QStringLiteral("stopped"));
    QVERIFY(rows.first().wanted);
}

void TestWorkerRegistry::managerMarksAWorkerHung()
{
    t->addOwned(name0, QStringLiteral("m"));
    t->worker(name0);
    QVERIFY(t->registry->setHung(name0, Message::literal(QStringLiteral("its job has run for 11 min"))));
    const auto rows = *t->registry->list(t->clock.utcNow());
    QCOMPARE(rows.first().status, WorkerStatus::Hung);
    QCOMPARE(rows.first().reason.englishText(), QStringLiteral("its job has run for 11 min"));
    QVERIFY(!rows.first().endedAt.isValid());
}

void TestWorkerRegistry::deadWorkerStaysDead()
{
    t->addOwned(name0, QStringLiteral("m"));
    const qint64 id = t->worker(name0);
    QVERIFY(t->registry->setDead(id));
    const QVariant beat = raw->value(QStringLiteral("SELECT last_heartbeat FROM workers"));
    t->clock.advance(5s);
    QVERIFY(t->registry->setHung(name0, Message::literal(QStringLiteral("hung"))));
    QVERIFY(t->registry->mirror({{name0, 50, 100, true}}));
    QCOMPARE(status(name0), QStringLiteral("dead"));
    QCOMPARE(raw->value(QStringLiteral("SELECT last_heartbeat FROM workers")), beat);
}

void TestWorkerRegistry::mirrorsBeatsAndLoads()
{
    t->worker(name0);
    t->worker(name1);
    t->worker(name2);
    const QDateTime start = t->clock.utcNow();
    t->clock.advance(5s);
    QVERIFY(t->registry->mirror(
        {{name0, 12.5, 48.25, true}, {name1, 99, 512, false}, {QStringLiteral("nobody"), 1, 1, true}}));
    const auto rows = *t->registry->list(start);
    QCOMPARE(rows.at(0).lastHeartbeat, t->clock.utcNow());
    QCOMPARE(rows.at(0).cpuUsage, 12.5);
    QCOMPARE(rows.at(0).memoryUsageMb, 48.25);
    QCOMPARE(rows.at(1).lastHeartbeat, start); // this worker updates its heartbeat itself
    QCOMPARE(rows.at(1).cpuUsage, 99.0);
    QCOMPARE(rows.at(2).lastHeartbeat, start);
    QCOMPARE(rows.size(), 3);
}

void TestWorkerRegistry::mirrorIsOneTransaction()
{
    QList<BeatRow> beats;
    for (int i = 0; i < 20; ++i) {
        const QString name = QStringLiteral("direct-noop-%1-aaaaaaaa").arg(i);
        t->worker(name);
        beats.append({name, 1, 1, true});
    }
    // The frames of the log that end a transaction contain the size of the file; in all other frames this field is 0.
    QVERIFY(raw->exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")));
    t->clock.advance(5s);
    QVERIFY(t->registry->mirror(beats));
    const QByteArray wal = contentOf(t->path() + QStringLiteral("-wal"));
    QVERIFY(wal.size() > 32);
    constexpr int frame = 24 + 4096;
    int commits = 0;
    for (qsizetype at = 32; at + frame <= wal.size(); at += frame)
        commits += wal.mid(at + 4, 4) != QByteArray(4, '\0');
    QCOMPARE(commits, 1);
}

void TestWorkerRegistry::managersDoNotInsertWorkers()
{
    t->addOwned(name0, QStringLiteral("m"));
    QVERIFY(t->registry->setProcess(name0, ProcessIdentity::self()));
    QVERIFY(t->registry->setHung(name0, Message::literal(QStringLiteral("x"))));
    QVERIFY(t->registry->mirror({{name0, 1, 1, true}}));
    QVERIFY(t->registry->end(name0, Message::literal(QStringLiteral("x")), false));
    QCOMPARE(raw->value(QStringLiteral("SELECT count(*) FROM workers")).toInt(), 0);
}

void TestWorkerRegistry::ownedWorkersAreReadAsAdded()
{
    OwnedWorker first;
    first.executorId = name0;
    first.managerId = QStringLiteral("m1");
    first.pool = QStringLiteral("noop-2");
    first.type = QStringLiteral("noop");
    first.mode = QStringLiteral("direct");
    first.index = 7;
    first.logPath = QStringLiteral("/logs/a.log");
    first.beatPath = QStringLiteral("/run/beats");
    first.beatSlot = 3;
    first.maxJobTime = 42s;
    OwnedWorker second = first;
    second.executorId = name1;
    second.managerId = QStringLiteral("m2");
    second.beatPath.clear();
    second.beatSlot = -1;
    QVERIFY(t->registry->addOwned({first, second}));
    QVERIFY(t->registry->setProcess(name1, ProcessIdentity::self()));
    const QDateTime start = t->clock.utcNow();
    t->clock.advance(3s);
    t->worker(name1);
    t->worker(name2); // belongs to another program
    const auto rows = *t->registry->owned();
    QCOMPARE(rows.size(), 2);
    const OwnedWorker &one = rows.at(0).executorId == name0 ? rows.at(0) : rows.at(1);
    const OwnedWorker &two = rows.at(0).executorId == name0 ? rows.at(1) : rows.at(0);
    QCOMPARE(one.managerId, first.managerId);
    QCOMPARE(one.pool, first.pool);
    QCOMPARE(one.type, first.type);
    QCOMPARE(one.mode, first.mode);
    QCOMPARE(one.index, 7);
    QCOMPARE(one.logPath, first.logPath);
    QCOMPARE(one.beatPath, first.beatPath);
    QCOMPARE(one.beatSlot, 3);
    QCOMPARE(one.maxJobTime, seconds(42));
    QCOMPARE(one.startedAt, start);
    QVERIFY(one.process.isNull());
    QVERIFY(!one.lastHeartbeat.isValid());
    QCOMPARE(two.beatSlot, -1);
    QVERIFY(two.process == ProcessIdentity::self());
    QCOMPARE(two.lastHeartbeat, t->clock.utcNow());
}

void TestWorkerRegistry::addsAllOwnedWorkersOrNone()
{
    t->addOwned(name1, QStringLiteral("m"));
    OwnedWorker fresh;
    fresh.executorId = name0;
    fresh.managerId = fresh.pool = fresh.type = fresh.mode = QStringLiteral("x");
    OwnedWorker again = fresh;
    again.executorId = name1;
    QVERIFY(!t->registry->addOwned({fresh, again}));
    QCOMPARE(t->registry->owned()->size(), 1);
}

void TestWorkerRegistry::managersRegisterAndBeat()
{
    QVERIFY(t->registry->registerManager(QStringLiteral("m1"), QStringLiteral("dashboard")));
    QVERIFY(t->registry->registerManager(QStringLiteral("m2"), QStringLiteral("ctl")));
    t->clock.advance(5s);
    const Result<bool> registered = t->registry->beatManager(QStringLiteral("m2"));
    QVERIFY(registered && !*registered);
    auto rows = *t->registry->managers();
    QCOMPARE(rows.size(), 2);
    for (const ManagerRow &row : rows) {
        QVERIFY(row.process == ProcessIdentity::self());
        QCOMPARE(row.heartbeatAt, row.id == QStringLiteral("m2") ? t->clock.utcNow() : t->clock.utcNow().addSecs(-5));
    }
    QVERIFY(t->registry->removeManager(QStringLiteral("m1")));
    QCOMPARE(t->registry->managers()->size(), 1);
}

void TestWorkerRegistry::listsLivingAndRecentlyEndedWorkers()
{
    t->addOwned(name0, QStringLiteral("m")); // registered, ended long ago
    t->worker(name0);
    t->addOwned(QStringLiteral("direct-noop-9-eeeeeeee"), QStringLiteral("m")); // never registered, ended long ago
    t->worker(QStringLiteral("foreign-old"));
    QVERIFY(t->registry->end(name0, Message::literal(QStringLiteral("old")), false));
    QVERIFY(t->registry->end(QStringLiteral("direct-noop-9-eeeeeeee"), Message::literal(QStringLiteral("old")), false));
    QVERIFY(t->registry->end(QStringLiteral("foreign-old"), Message::literal(QStringLiteral("old")), false));
    t->worker(QStringLiteral("foreign-living")); // has not beaten since then
    t->clock.advance(1h);
    const QDateTime since = t->clock.utcNow().addSecs(-600);
    t->addOwned(name1, QStringLiteral("m")); // starting
    QVERIFY(t->registry->setProcess(name1, ProcessIdentity::self()));
    t->addOwned(name2, QStringLiteral("m")); // never registered, ended recently
    QVERIFY(t->registry->end(name2, Message::literal(QStringLiteral("failed to start")), false));
    t->addOwned(QStringLiteral("direct-noop-3-dddddddd"), QStringLiteral("m")); // registered, ended recently
    t->worker(QStringLiteral("direct-noop-3-dddddddd"));
    QVERIFY(
        t->registry->end(QStringLiteral("direct-noop-3-dddddddd"), Message::literal(QStringLiteral("stopped")), true));

    QHash<QString, WorkerRow> rows;
    const auto listed = t->registry->list(since);
    QVERIFY(listed);
    for (const WorkerRow &row : *listed)
        rows.insert(row.executorId, row);
    QCOMPARE(rows.size(), listed->size());
    QStringList names = rows.keys();
    names.sort();
    QCOMPARE(names,
             (QStringList{name1, name2, QStringLiteral("direct-noop-3-dddddddd"), QStringLiteral("foreign-living")}));
    QCOMPARE(rows.value(name1).id, 0);
    QCOMPARE(rows.value(name1).status, WorkerStatus::None);
    QCOMPARE(rows.value(name1).pool, QStringLiteral("noop"));
    QCOMPARE(rows.value(name1).executionMode, QStringLiteral("direct"));
    QCOMPARE(rows.value(name1).pid, QCoreApplication::applicationPid());
    QVERIFY(!rows.value(name1).endedAt.isValid());
    QCOMPARE(rows.value(name2).reason.englishText(), QStringLiteral("failed to start"));
    QVERIFY(rows.value(name2).endedAt.isValid());
    QVERIFY(rows.value(QStringLiteral("direct-noop-3-dddddddd")).wanted);
    QCOMPARE(rows.value(QStringLiteral("foreign-living")).managerId, QString());
}

void TestWorkerRegistry::listsWorkersOfAFileWithoutLifeguardTables()
{
    const QString path = t->folder.filePath(QStringLiteral("clx.db"));
    RawSql clx(path);
    clx.script(clxVersion1());
    QVERIFY(clx.exec(QStringLiteral(
        "INSERT INTO workers (worker_type, container_id, status) VALUES ('plantuml', 'c0ffee', 'busy')")));
    const auto db = Database::open(path, OpenMode::ReadOnly);
    QVERIFY(db);
    const auto rows = WorkerRegistry(**db, t->clock).list(t->clock.utcNow());
    QVERIFY2(rows, rows ? "" : qPrintable(rows.error().detail));
    QCOMPARE(rows->size(), 1);
    QCOMPARE(rows->first().executorId, QStringLiteral("c0ffee"));
    QCOMPARE(rows->first().status, WorkerStatus::Busy);
}

void TestWorkerRegistry::idIsFoundByExecutorId()
{
    const qint64 id = t->worker(name0);
    QCOMPARE(t->registry->idOf(name0)->value(), id);
    QVERIFY(!t->registry->idOf(name1).value());
}

QTEST_GUILESS_MAIN(TestWorkerRegistry)
#include "tst_workerregistry.moc"
