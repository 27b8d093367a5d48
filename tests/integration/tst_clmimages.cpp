// SPDX-License-Identifier: GPL-3.0-or-later
// Tests containers with programs of CLM, which use the paths of the host, and outputs of containers outside the
// workspace.
#include "core/model/poolinfo.h"
#include "tests/support/dockerpools.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"

#include <QFileInfo>

using namespace lifeguard;
using namespace lifeguard::test;

class TestClmImages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void programOfClmRunsWithTheDatabase();
    void needOfTheRestInterfaceIsReported();
    void jobsForTheRestInterfaceAreReported();
    void imageWithTheNameOfClmIsPrepared();
    void outputRootsAreMounted_data();
    void outputRootsAreMounted();
};

namespace {

/// Behaves like a worker of CLM: it finds the queue through CLM_JOBS_DB_PATH, refuses to start without it, and uses the
/// paths of jobs as they are, unless the variables of CLM's Docker mode are set. Converts jobs with lifeguard-worker.
const QByteArray fakeClm = "set -eu\n"
                           "if [ -z \"${CLM_JOBS_DB_PATH:-}\" ] || [ -n \"${CLM_API_URL:-}\" ]; then\n"
                           "  echo 'noop worker: neither CLM_JOBS_DB_PATH nor CLM_API_URL is set.' >&2; exit 1\n"
                           "fi\n"
                           "if [ -n \"${CLM_HOST_WORKSPACE:-}\" ]; then echo 'translated' >&2; exit 8; fi\n"
                           "unset DB_PATH WORKSPACE_PATH LIFEGUARD_HOST_WORKSPACE\n"
                           "exec /usr/bin/lifeguard-worker --workspace \"$1\"\n";
/// Behaves like a version of CLM that can only use the REST interface.
const QByteArray fakeRestClm = "echo 'noop worker: CLM_API_URL is not set.' >&2; exit 1\n";

WorkerConfig clmPool(PoolTest &t, const QByteArray &script)
{
    writeScript(t.path(s("clm.workers.noop")), script);
    return dockerBusybox(t, {s("sh"), s("/workspace/clm.workers.noop"), t.folder.path()});
}

/// Adds a job with this output. Returns its id.
qint64 addJob(PoolTest &t, const QString &output)
{
    const qint64 id = t.addNoop(1, 0).constFirst();
    RawSql raw(t.path(s("q.db")));
    if (!raw.exec(s("UPDATE jobs SET output_file = ? WHERE id = ?"), {output, id}))
        return 0;
    return id;
}

} // namespace

void TestClmImages::initTestCase()
{
    NEEDS_DOCKER();
    qputenv("DOCKER_HOST", DockerEngine::shared().endpoint().toLocal8Bit());
}

void TestClmImages::programOfClmRunsWithTheDatabase()
{
    const QTemporaryDir root;
    PoolTest t;
    QVERIFY(t.begin());
    const qint64 inside = addJob(t, t.path(s("output/a.txt")));
    const qint64 outside = addJob(t, root.filePath(s("b.txt")));
    WorkerConfig config = clmPool(t, fakeClm);
    config.outputRoots = QStringList{root.path()};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(inside).status), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(outside).status), s("completed"), patience);
    QVERIFY(QFileInfo::exists(t.path(s("output/a.txt"))) && QFileInfo::exists(root.filePath(s("b.txt"))));
    QVERIFY(t.stopAll());
}

void TestClmImages::needOfTheRestInterfaceIsReported()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(clmPool(t, fakeRestClm)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().constFirst().state), s("crash-looping"), 3 * patience);
    const QString reason = t.manager->pools().constFirst().reason;
    QVERIFY2(reason.contains(s("REST interface")) && reason.contains(s("mode=direct")), qPrintable(reason));
}

/// CLM's programs ask for jobs of the mode docker only over the REST interface.
void TestClmImages::jobsForTheRestInterfaceAreReported()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    {
        RawSql raw(ctl.database());
        QVERIFY(raw.exec(s("UPDATE jobs SET execution_mode = 'docker'")));
    }
    QVERIFY(QFile::copy(s("/bin/busybox"), ctl.filePath(s("busybox"))));
    writeScript(ctl.filePath(s("clm.workers.noop")), "exec /workspace/busybox sleep 600\n");
    const QString pool = s("noop=1,mode=docker,image=lifeguard-noop:latest,network=none,grace=0,command=");
    const Outcome outcome = ctl.call(
        {s("run"), s("--until-idle"), s("--pool"), pool + s("/workspace/busybox sh /workspace/clm.workers.noop")});
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.out.contains("CLM's REST interface"), outcome.all().constData());
    QCOMPARE(ctl.jobs(s("pending")), 1);
}

void TestClmImages::imageWithTheNameOfClmIsPrepared()
{
    const DockerEngine &engine = DockerEngine::shared();
    QCOMPARE(engine.docker({s("tag"), s("lifeguard-noop:latest"), s("clm-noop-test:1")}).code, 0);
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(1);
    config.image = s("clm-noop-test:1");
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Idle).isEmpty());
    const QString id = t.manager->workers().constFirst().executorId;
    const QString mounts = engine.line(
        {s("inspect"), s("--format"), s("{{range .Mounts}}{{.Destination}} {{end}}"), id});
    QVERIFY2(mounts.split(u' ').contains(t.folder.path()), qPrintable(mounts));
    QVERIFY(t.stopAll());
    engine.docker({s("rmi"), s("clm-noop-test:1")});
}

void TestClmImages::outputRootsAreMounted_data()
{
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("allowed") << true;
    QTest::newRow("not allowed") << false;
}

void TestClmImages::outputRootsAreMounted()
{
    QFETCH(bool, isAllowed);
    const QTemporaryDir root;
    PoolTest t;
    QVERIFY(t.begin());
    const qint64 job = addJob(t, root.filePath(s("new/a.txt")));
    WorkerConfig config = dockerNoop(1);
    if (isAllowed)
        config.outputRoots = QStringList{root.path()};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(job).status), isAllowed ? s("completed") : s("failed"), patience);
    QCOMPARE(QFileInfo::exists(root.filePath(s("new/a.txt"))), isAllowed);
    if (!isAllowed)
        QVERIFY2(t.job(job).error.contains(s("--output-root")), qPrintable(t.job(job).error));
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestClmImages)
#include "tst_clmimages.moc"
