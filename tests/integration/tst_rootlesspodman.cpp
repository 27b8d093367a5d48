// SPDX-License-Identifier: GPL-3.0-or-later
// Tests a pool in containers of a rootless Podman: manager and service run as the user "nobody".
#include "places.h"
#include "tests/support/dockerengine.h"
#include "tests/support/waiting.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <memory>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestRootlessPodman : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void outputsBelongToTheUser();

private:
    static constexpr uint nobody = 65534;

    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    /// Prepares a program that runs as the user "nobody" in the folder.
    void prepare(QProcess &process, const QStringList &command) const;
    Outcome run(const QStringList &command) const;
    /// Runs the docker command, or another one, with the address of the service.
    Outcome runWithEngine(const QString &program, const QStringList &arguments) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    QProcess m_service;
};

namespace {

/// Runs a program to its end.
Outcome outcomeOf(QProcess &process)
{
    process.start();
    process.closeWriteChannel();
    Outcome outcome;
    if (process.waitForFinished(4 * patience) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

} // namespace

void TestRootlessPodman::prepare(QProcess &process, const QStringList &command) const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QString user = QString::number(nobody);
    environment.insert(s("HOME"), m_folder->path());
    environment.insert(s("TMPDIR"), m_folder->path());
    environment.insert(s("XDG_RUNTIME_DIR"), path(s("runtime")));
    for (const char *name : {"XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        environment.insert(s(name), path(s("xdg")));
    environment.remove(s("DOCKER_HOST"));
    if (QFile::exists(s("/var/run/docker.sock"))) // it would be preferred
        environment.insert(s("DOCKER_HOST"), s("unix://") + path(s("runtime/podman/podman.sock")));
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder->path());
    process.setProgram(s("setpriv"));
    process.setArguments(QStringList{s("--reuid"), user, s("--regid"), user, s("--clear-groups")} + command);
}

Outcome TestRootlessPodman::run(const QStringList &command) const
{
    QProcess process;
    prepare(process, command);
    return outcomeOf(process);
}

Outcome TestRootlessPodman::runWithEngine(const QString &program, const QStringList &arguments) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("DOCKER_HOST"), s("unix://") + path(s("engine/docker.sock")));
    process.setProcessEnvironment(environment);
    process.setProgram(program);
    process.setArguments(arguments);
    return outcomeOf(process);
}

void TestRootlessPodman::initTestCase()
{
    NEEDS_DOCKER();
    for (const QString &program : {s("podman"), s("docker"), s("setpriv")}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(program + s(" is not installed")));
    }
    m_folder = std::make_unique<QTemporaryDir>(s("/var/tmp/lifeguard-test-XXXXXX"));
    QVERIFY(QFile::copy(s(LIFEGUARD_BIN_DIR "/lifeguardctl"), path(s("lifeguardctl"))));
    QVERIFY(QFile::copy(s(LIFEGUARD_SOURCE_DIR "/tests/support/podman.sh"), path(s("podman.sh"))));
    QVERIFY(QDir(m_folder->path()).mkpath(s("runtime/podman")));
    QVERIFY(QDir(m_folder->path()).mkdir(s("ws")));
    QVERIFY(QFile::link(path(s("engine/docker.sock")), path(s("runtime/podman/podman.sock"))));
    for (const char *name : {"", "lifeguardctl", "podman.sh", "runtime", "runtime/podman", "ws"})
        QCOMPARE(chown(QFile::encodeName(path(s(name))).constData(), nobody, nobody), 0);
    QFile::setPermissions(path(s("runtime")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);

    m_service.setProcessChannelMode(QProcess::MergedChannels);
    prepare(m_service, {path(s("podman.sh")), s("run"), path(s("engine"))});
    m_service.start();
    const auto isResponding = [this] { return runWithEngine(s("docker"), {s("version")}).code == 0; };
    if (!QTest::qWaitFor(isResponding, patience))
        QSKIP(qPrintable(s("rootless Podman cannot run here: ") + QString::fromUtf8(m_service.readAll().right(300))));
    const Outcome built = runWithEngine(s(LIFEGUARD_SOURCE_DIR "/packaging/images/build.sh"),
                                        {s("--minimal"), s("--worker"), s(LIFEGUARD_BIN_DIR "/lifeguard-worker"),
                                         s("noop")});
    QVERIFY2(built.code == 0, built.all().constData());
    const Outcome help = runWithEngine(s("docker"), {s("run"), s("--rm"), s("--network"), s("none"),
                                                     s("lifeguard-noop"), s("--help")});
    if (help.code != 0)
        QSKIP(qPrintable(s("rootless Podman cannot run containers here: ") + QString::fromUtf8(help.all().right(300))));
}

void TestRootlessPodman::cleanupTestCase()
{
    if (!m_folder)
        return;
    run({path(s("podman.sh")), s("remove"), path(s("engine"))});
    m_service.waitForFinished(patience);
}

/// Without a Docker socket on this machine, the service is found without any setting. Its containers run as root, which
/// is the user outside.
void TestRootlessPodman::outputsBelongToTheUser()
{
    const QString ctl = path(s("lifeguardctl"));
    const QStringList place{s("--workspace"), path(s("ws")), s("--db"), path(s("ws/jobs.db"))};
    QCOMPARE(run(QStringList{ctl, s("init")} + place).code, 0);
    const QString payload = QStringLiteral(R"({"output_file":"%1"})").arg(path(s("ws/output/x.txt")));
    const Outcome added = run(QStringList{ctl, s("submit"), s("--type"), s("noop"), s("--payload"), payload} + place);
    QVERIFY2(added.code == 0, added.all().constData());
    const Outcome ran = run(QStringList{ctl, s("run"), s("--until-idle"), s("--timeout"), s("60"), s("--pool"),
                                        s("noop=1,mode=docker,image=lifeguard-noop:latest,network=none")}
                            + place);
    QVERIFY2(ran.code == 0, ran.all().constData());
    for (const char *name : {"ws/output", "ws/output/x.txt"})
        QCOMPARE(QFileInfo(path(s(name))).ownerId(), nobody);
}

QTEST_GUILESS_MAIN(TestRootlessPodman)
#include "tst_rootlesspodman.moc"
