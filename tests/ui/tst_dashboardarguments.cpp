// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the arguments of the dashboard that need no display, with the real program.
#include "places.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDashboardArguments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printsHelpWithoutADisplay_data();
    void printsHelpWithoutADisplay();
    void startsWithoutARuntimeFolder();
};

void TestDashboardArguments::printsHelpWithoutADisplay_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("help") << QStringList{QStringLiteral("--help")} << QByteArray("--pool");
    QTest::newRow("help after other options")
        << QStringList{QStringLiteral("--read-only"), QStringLiteral("-h")} << QByteArray("--pool");
    QTest::newRow("help and an option of Qt")
        << QStringList{QStringLiteral("-platform"), QStringLiteral("xcb"), QStringLiteral("--help")}
        << QByteArray("--pool");
    QTest::newRow("version") << QStringList{QStringLiteral("--version")} << QByteArray("lifeguard " LIFEGUARD_VERSION);
}

void TestDashboardArguments::printsHelpWithoutADisplay()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, expected);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(QString::fromLatin1(variable));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard"), arguments);
    QVERIFY(process.waitForFinished(patience));
    const QByteArray output = process.readAllStandardOutput();
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
             process.readAllStandardError().constData());
    QVERIFY2(output.contains(expected), output.constData());
}

void TestDashboardArguments::startsWithoutARuntimeFolder()
{
    const QTemporaryDir folder;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("XDG_RUNTIME_DIR"));
    environment.insert(QStringLiteral("TMPDIR"), folder.path());
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    QProcess process;
    process.setProcessEnvironment(environment);
    // Qt warns when QApplication is created, before the arguments are parsed.
    process.start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard"), {QStringLiteral("--dance")});
    QVERIFY(process.waitForFinished(patience));
    QCOMPARE(process.exitCode(), 2);
    const QByteArray errors = process.readAllStandardError();
    QVERIFY2(!errors.contains("XDG_RUNTIME_DIR"), errors.constData());
}

QTEST_GUILESS_MAIN(TestDashboardArguments)
#include "tst_dashboardarguments.moc"
