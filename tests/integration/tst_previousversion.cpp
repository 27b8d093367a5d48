// SPDX-License-Identifier: GPL-3.0-or-later
// Tests this version together with the previous version, which is built from the history of the repository. The test
// takes about 15 minutes, so it is one of the long tests.
#include "core/model/jobstatus.h"
#include "core/model/workerinfo.h"
#include "places.h"
#include "tests/support/longtests.h"
#include "tests/support/pooltest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <signal.h>
#include <sys/prctl.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// The last commit whose schema has version 2 and whose protocol has no number.
const QString previousCommit = s("37f7625");
constexpr int buildTime = 3600 * 1000; ///< ms

} // namespace

class TestPreviousVersion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void detachedWorkerIsAdopted();

private:
    /// Runs a program to its end; returns whether it succeeded.
    static bool run(const QString &program, const QStringList &arguments, int timeoutMs = patience,
                    QByteArray *output = nullptr);
    [[nodiscard]] QString program(const char *name) const { return m_bin + u'/' + s(name); }

    QTemporaryDir m_folder;
    QString m_bin; ///< the programs of the previous version
};

bool TestPreviousVersion::run(const QString &program, const QStringList &arguments, int timeoutMs, QByteArray *output)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    const bool ended = process.waitForFinished(timeoutMs);
    const QByteArray text = process.readAll();
    if (output)
        *output = text;
    const bool succeeded = ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    if (!succeeded)
        qWarning("%s %s: %s", qPrintable(program), qPrintable(arguments.join(u' ')), text.right(2000).constData());
    return succeeded;
}

/// Builds the programs of the previous version, unless LIFEGUARD_PREVIOUS_BIN names a folder that has them.
void TestPreviousVersion::initTestCase()
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // orphans remain children of this process, so that it learns of their end
    m_bin = qEnvironmentVariable("LIFEGUARD_PREVIOUS_BIN");
    if (!m_bin.isEmpty()) {
        QVERIFY2(QFile::exists(program("lifeguardctl")), qPrintable(m_bin));
        return;
    }
    if (!isLongRun())
        QSKIP("Building the previous version takes long. Set LIFEGUARD_LONG_TESTS=1 to run this test.");
    const QString git = QStandardPaths::findExecutable(s("git"));
    if (git.isEmpty())
        QSKIP("git is not installed.");
    if (QProcess::execute(git,
                          {s("-C"), s(LIFEGUARD_SOURCE_DIR), s("cat-file"), s("-e"), previousCommit + s("^{commit}")})
        != 0)
        QSKIP("The repository does not contain the commit of the previous version.");
    const QString archive = m_folder.filePath(s("source.tar"));
    const QString source = m_folder.filePath(s("source"));
    const QString build = m_folder.filePath(s("build"));
    QVERIFY(QDir().mkpath(source));
    QVERIFY(run(git, {s("-C"), s(LIFEGUARD_SOURCE_DIR), s("archive"), s("--output"), archive, previousCommit}));
    QVERIFY(run(s("tar"), {s("-xf"), archive, s("-C"), source}));
    QVERIFY(run(s("cmake"),
                {s("-S"), source, s("-B"), build, s("-G"), s("Ninja"), s("-DCMAKE_BUILD_TYPE=Release"),
                 s("-DLIFEGUARD_BUILD_TESTS=OFF"), s("-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=") + build + s("/bin")},
                buildTime));
    QVERIFY(run(s("cmake"), {s("--build"), build, s("--target"), s("lifeguardctl"), s("lifeguard-worker")}, buildTime));
    m_bin = build + s("/bin");
    QVERIFY2(QFile::exists(program("lifeguardctl")), qPrintable(m_bin));
}

/// A manager of the previous version is killed; this version's manager migrates the file and adopts the detached
/// worker, and the previous version's lifeguardctl still works on the file.
void TestPreviousVersion::detachedWorkerIsAdopted()
{
    PoolTest t;
    const QStringList place{s("--db"), t.path(s("q.db")), s("--workspace"), t.folder.path()};
    QVERIFY(run(program("lifeguardctl"), QStringList{s("init")} + place));
    QVERIFY(run(program("lifeguardctl"),
                QStringList{s("submit"), s("--type"), s("noop"), s("--payload"), s("{\"sleep_ms\": 5000}")} + place));
    QProcess manager;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        environment.insert(s(name), t.path(s("home")));
    manager.setProcessEnvironment(environment);
    manager.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    manager.setStandardOutputFile(QProcess::nullDevice());
    manager.start(program("lifeguardctl"),
                  QStringList{s("run"), s("--pool"), s("noop=1,mode=direct,detach=yes,grace=1")} + place);
    QVERIFY(manager.waitForStarted(patience));
    RawSql raw(t.path(s("q.db")));
    QTRY_COMPARE_WITH_TIMEOUT(raw.value(s("SELECT status FROM jobs")).toString(), s("processing"), patience);
    const QString worker = raw.value(s("SELECT container_id FROM workers")).toString();
    manager.kill();
    QVERIFY(manager.waitForFinished(patience));

    QVERIFY(t.begin());
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 1, patience);
    QCOMPARE(t.manager->workers().first().executorId, worker);
    QVERIFY(t.manager->workers().first().own);
    QCOMPARE(raw.value(s("SELECT max(version) FROM lifeguard_migrations")).toInt(), 4);
    // The heartbeat is read from the beat file of the previous version.
    EVENTUALLY(t.manager->workers().first().beatAge.has_value());
    QTRY_COMPARE_WITH_TIMEOUT(raw.value(s("SELECT status FROM jobs WHERE id = 1")).toString(), s("completed"),
                              patience);

    // The previous version's program reads the migrated file, and its worker runs the job that this program adds.
    QByteArray output;
    QVERIFY(run(program("lifeguardctl"), QStringList{s("events")} + place, patience, &output));
    QVERIFY2(output.contains("worker_adopted"), output.constData());
    QVERIFY(run(program("lifeguardctl"),
                QStringList{s("submit"), s("--type"), s("noop"), s("--payload"), s("{\"sleep_ms\": 1}")} + place));
    QTRY_COMPARE_WITH_TIMEOUT(raw.value(s("SELECT status FROM jobs WHERE id = 2")).toString(), s("completed"),
                              patience);
    QVERIFY(run(program("lifeguardctl"), QStringList{s("workers")} + place, patience, &output));
    QVERIFY2(output.contains("noop-0"), output.constData());
    QVERIFY(t.stopAll());
    QCOMPARE(raw.value(s("SELECT status FROM workers")).toString(), s("dead"));
}

QTEST_GUILESS_MAIN(TestPreviousVersion)
#include "tst_previousversion.moc"
