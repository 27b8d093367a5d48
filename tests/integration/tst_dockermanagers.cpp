// SPDX-License-Identifier: GPL-3.0-or-later
// Containers of several managers on one engine, of crashed managers, and of other programs.
#include "core/base/processidentity.h"
#include "core/executor/containerspec.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/dockerpools.h"

#include <QProcess>
#include <QSignalSpy>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestDockerManagers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void twoManagersCanShareADatabase();
    void leftoversAreRemoved();
    void workersFinishTheirJobAfterACrash();
    void detachedWorkersAreAdopted();

private:
    /// A process `lifeguardctl run` on the database of the test.
    struct Manager
    {
        Manager(const PoolTest &t, const QString &pool);
        ~Manager();
        void crash();
        QProcess process;
    };
};

namespace {

const DockerEngine &engine()
{
    return DockerEngine::shared();
}

bool openStore(PoolTest &t)
{
    t.store = std::make_unique<Store>();
    return answerOf(t.store->open(t.path(s("q.db")), OpenMode::Create)).has_value();
}

} // namespace

TestDockerManagers::Manager::Manager(const PoolTest &t, const QString &pool)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("XDG_STATE_HOME"), t.path(s("home")));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(s(LIFEGUARD_BIN_DIR "/lifeguardctl"),
                  {s("run"), s("--pool"), pool, s("--db"), t.path(s("q.db")), s("--workspace"), t.folder.path()});
}

TestDockerManagers::Manager::~Manager()
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(patience))
        crash();
}

void TestDockerManagers::Manager::crash()
{
    process.kill();
    process.waitForFinished(patience);
}

void TestDockerManagers::initTestCase()
{
    NEEDS_DOCKER();
    qputenv("DOCKER_HOST", engine().endpoint().toLocal8Bit());
}

/// Two managers have the same pool. The names of their containers do not collide, and neither removes containers of the
/// other.
void TestDockerManagers::twoManagersCanShareADatabase()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerPoolManager other(*t.store, t.clock, localExecutorFactory(),
                            {s(LIFEGUARD_BIN_DIR "/lifeguard-worker"), t.folder.path(), t.path(s("logs")),
                             t.path(s("run"))});
    QSignalSpy ready(&other, &WorkerPoolManager::ready);
    other.start();
    QVERIFY(ready.wait(patience));
    QVERIFY(t.manager->startPool(dockerNoop(2)));
    QVERIFY(other.startPool(dockerNoop(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(other.pools().constFirst().alive, 2, patience);
    QCOMPARE(containersOf(engine(), t).size(), 4);
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t).size(), 2);
    QCOMPARE(other.pools().constFirst().alive, 2);
    const QList<qint64> jobs = t.addNoop(2, 10);
    for (const qint64 job : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(job).status), s("completed"), patience);
    QSignalSpy stopped(&other, &WorkerPoolManager::allStopped);
    other.stopAll();
    QVERIFY(stopped.wait(patience));
    QCOMPARE(containersOf(engine(), t), QStringList());
}

/// Containers that ended managers have left on this database are removed when the first Docker pool starts. Other
/// containers are kept.
void TestDockerManagers::leftoversAreRemoved()
{
    PoolTest t;
    QProcess ended; // stands for a manager that has ended
    ended.start(s("sleep"), {s("60")});
    QVERIFY(ended.waitForStarted(patience));
    const QString endedManager = ProcessIdentity::of(ended.processId())->toString();
    ended.kill();
    QVERIFY(ended.waitForFinished(patience));
    const QString database = t.path(s("q.db"));
    const auto createContainer = [&](const char *name, const QString &databasePath, const QString &manager) {
        return engine()
                   .docker({s("create"), s("--name"), s(name) + QString::number(getpid()), s("--label"),
                            QString(dockerlabel::database + u'=' + databasePath), s("--label"),
                            QString(dockerlabel::managerProcess + u'=' + manager), s("--label"),
                            QString(dockerlabel::manager + s("=other")), s("lifeguard-noop:latest")})
                   .code
            == 0;
    };
    QVERIFY(createContainer("of-an-ended-manager", database, endedManager));
    QVERIFY(createContainer("of-a-living-manager", database, ProcessIdentity::self().toString()));
    QVERIFY(createContainer("of-another-database", s("/other/q.db"), endedManager));
    QVERIFY(t.begin());
    QCOMPARE(containersOf(engine(), t).size(), 2); // nothing is removed before the first pool
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const auto exists = [](const char *name) {
        return engine().docker({s("inspect"), s(name) + QString::number(getpid())}).code == 0;
    };
    EVENTUALLY(!exists("of-an-ended-manager"));
    QVERIFY(exists("of-a-living-manager"));
    QVERIFY(exists("of-another-database"));
    QVERIFY(t.stopAll());
    for (const char *name : {"of-a-living-manager", "of-another-database"})
        engine().docker({s("rm"), s("--force"), s(name) + QString::number(getpid())});
}

/// A container whose manager has crashed finishes its job, ends, and is removed by the next manager.
void TestDockerManagers::workersFinishTheirJobAfterACrash()
{
    PoolTest t;
    QVERIFY(openStore(t));
    const QList<qint64> jobs = t.addNoop(1, 5000);
    Manager manager(t, s("noop=1,mode=docker,image=lifeguard-noop:latest,network=none"));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("processing"), patience);
    manager.crash();
    QCOMPARE(containersOf(engine(), t).size(), 1);
    const QStringList before = containersOf(engine(), t, "{{.ID}}");
    Manager second(t, s("noop=1,mode=docker,image=lifeguard-noop:latest,network=none"));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 1); // by the worker that had begun it
    EVENTUALLY(!containersOf(engine(), t, "{{.ID}}").contains(before.first()));
    EVENTUALLY(containersOf(engine(), t).size() == 1); // of the second manager
}

void TestDockerManagers::detachedWorkersAreAdopted()
{
    PoolTest t;
    QVERIFY(openStore(t));
    const QList<qint64> jobs = t.addNoop(1, 4000);
    const QString pool = s("noop=1,mode=docker,image=lifeguard-noop:latest,network=none,detach=yes");
    Manager manager(t, pool);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("processing"), patience);
    manager.crash();
    const QStringList before = containersOf(engine(), t, "{{.ID}}");
    QCOMPARE(before.size(), 1);
    t.store.reset();
    QVERIFY(t.begin());
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().size(), 1, patience);
    QCOMPARE(t.manager->pools().first().mode, s("docker"));
    EVENTUALLY(t.workersIn(WorkerState::Busy).size() == 1 || toString(t.job(jobs.first()).status) == s("completed"));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    const QList<qint64> more = t.addNoop(1, 10);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(more.first()).status), s("completed"), patience);
    QCOMPARE(containersOf(engine(), t, "{{.ID}}"), before);
    EVENTUALLY(t.workersIn(WorkerState::Idle).size() == 1);
    EVENTUALLY(t.workersIn(WorkerState::Idle).constFirst().memoryBytes.value_or(0) > 0);
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t), QStringList());
}

QTEST_GUILESS_MAIN(TestDockerManagers)
#include "tst_dockermanagers.moc"
