// SPDX-License-Identifier: GPL-3.0-or-later
// The advice for images that do not run with the protections of a container.
#include "core/executor/containeradvice.h"
#include "core/executor/containerspec.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

WorkerExit exitWith(int code, const QStringList &lines)
{
    WorkerExit exit;
    exit.kind = WorkerExit::Kind::Exited;
    exit.code = code;
    exit.message = Message("exit_code", {code});
    exit.lastLines = lines;
    return exit;
}

DockerContainer container(const QString &user = s("1000:1000"))
{
    DockerContainer c;
    c.state = s("exited");
    c.user = user;
    return c;
}

QString adviceFor(const WorkerExit &exit, const DockerContainer &c = container(), const WorkerConfig &config = {})
{
    return containerAdvice(config, c, exit).englishText();
}

} // namespace

class TestContainerAdvice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void evidence_data();
    void evidence();
    void namesTheKeysOfTheProtectionsInForce();
    void ownWorkersNeedNoPermission();
    void otherEnds();
};

void TestContainerAdvice::evidence_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("engineError");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char *line, bool expected, int code = 1) {
        QTest::newRow(line) << code << s(line) << QString() << expected;
    };
    row("mkdir: cannot create directory '/var/lib/x': Permission denied", true);
    row("chown: changing ownership of '/data': Operation not permitted", true);
    row("OSError: [Errno 30] Read-only file system: '/opt/cache'", true);
    row("This script must be run as root", true);
    row("Error: EACCES: permission denied, mkdir '/root/.npm'", true);
    row("sudo: The \"no new privileges\" flag is set", true);
    row("E: Could not open lock file - open (13: Permission denied), are you root?", true);
    row("ModuleNotFoundError: No module named 'nbconvert'", false);
    row("Segmentation fault", false, 139);
    QTest::newRow("silent") << 1 << QString() << QString() << true;
    QTest::newRow("not executable") << 126 << s("sh: /entry") << QString() << true;
    QTest::newRow("entrypoint of root") << 1 << s("x")
                                        << s("runc create failed: exec: \"/entry\": permission denied: unknown")
                                        << true;
    QTest::newRow("error of the engine itself")
        << 1 << s("x") << s("error setting rlimit type 7: operation not permitted") << false;
}

void TestContainerAdvice::evidence()
{
    QFETCH(int, code);
    QFETCH(QString, line);
    QFETCH(QString, engineError);
    QFETCH(bool, expected);
    DockerContainer c = container();
    c.error = engineError;
    const QStringList lines = line.isEmpty() ? QStringList() : QStringList{s("starting"), line};
    QCOMPARE(!adviceFor(exitWith(code, lines), c).isEmpty(), expected);
}

void TestContainerAdvice::namesTheKeysOfTheProtectionsInForce()
{
    const WorkerExit exit = exitWith(1, {s("Permission denied")});
    DockerContainer c = container();
    const QString advice = adviceFor(exit, c);
    for (const char *part : {"user 1000:1000", "container_root=yes", "keep_capabilities=yes"})
        QVERIFY2(advice.contains(s(part)), qPrintable(advice));
    for (const char *part : {"writable_root", "new_privileges"})
        QVERIFY2(!advice.contains(s(part)), qPrintable(advice));
    QVERIFY(
        adviceFor(exitWith(1, {s("sudo: The \"no new privileges\" flag is set")})).contains(s("new_privileges=yes")));
    c.labels.insert(dockerlabel::readOnlyRoot, s("true"));
    QVERIFY(adviceFor(exit, c).contains(s("writable_root=yes")));
    QVERIFY(!adviceFor(exit, container(s("0:0"))).contains(s("container_root")));
    WorkerConfig config;
    config.writableRoot = true;
    config.keepCapabilities = true;
    QVERIFY(!adviceFor(exit, c, config).contains(s("writable_root")));
    QVERIFY(!adviceFor(exit, c, config).contains(s("keep_capabilities")));
    // If nothing is left to give up, the reason is another one.
    QCOMPARE(adviceFor(exit, container(s("0:0")), config), QString());
}

void TestContainerAdvice::ownWorkersNeedNoPermission()
{
    const WorkerExit exit = exitWith(1, {s("Permission denied")});
    DockerContainer c = container();
    c.labels.insert(dockerlabel::workerType, s("noop"));
    WorkerConfig config;
    config.type = s("noop");
    QCOMPARE(adviceFor(exit, c, config), QString());
    config.image = s("registry:5000/lifeguard-noop:2");
    QCOMPARE(adviceFor(exit, c, config), QString());
    config.image = s("mine:1"); // images of users have the label as well
    QVERIFY(!adviceFor(exit, c, config).isEmpty());
    config.image.clear();
    config.command = QStringList{s("/workspace/mine")};
    QVERIFY(!adviceFor(exit, c, config).isEmpty());
}

void TestContainerAdvice::otherEnds()
{
    QCOMPARE(adviceFor(exitWith(0, {s("Permission denied")})), QString());
    WorkerExit exit = exitWith(1, {s("Permission denied")});
    exit.isBlameless = true;
    QCOMPARE(adviceFor(exit), QString());
    exit = exitWith(1, {s("Permission denied")});
    exit.outOfMemory = true;
    QCOMPARE(adviceFor(exit), QString());
    exit = exitWith(1, {});
    exit.kind = WorkerExit::Kind::Signalled;
    QCOMPARE(adviceFor(exit), QString());
}

QTEST_GUILESS_MAIN(TestContainerAdvice)
#include "tst_containeradvice.moc"
