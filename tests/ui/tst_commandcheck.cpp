// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/commandcheck.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;

class TestCommandCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsProblems_data();
    void reportsProblems();
    void quotedCommandIsSplitIntoTheSameWords();

private:
    QTemporaryDir m_workspace;
};

void TestCommandCheck::reportsProblems_data()
{
    QVERIFY(m_workspace.isValid());
    QFile file(m_workspace.filePath(QStringLiteral("worker.sh")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("problem");
    QTest::newRow("program in PATH") << QStringLiteral("sh") << QString();
    QTest::newRow("missing program") << QStringLiteral("no-such-program")
                                     << QStringLiteral("was not found in the folders of PATH");
    QTest::newRow("missing file") << QStringLiteral("./missing.sh") << QStringLiteral("does not exist");
    QTest::newRow("folder") << QStringLiteral("./") << QStringLiteral("is a folder");
    QTest::newRow("not executable") << QStringLiteral("./worker.sh") << QStringLiteral("is not executable");
}

void TestCommandCheck::reportsProblems()
{
    QFETCH(const QString, program);
    QFETCH(const QString, problem);
    const CommandCheck result = checkCommand(QStringLiteral("mine"), {program}, m_workspace.path());
    QVERIFY(result.missingTools.isEmpty());
    QCOMPARE(result.commandProblem.isEmpty(), problem.isEmpty());
    QVERIFY2(result.commandProblem.contains(problem), qPrintable(result.commandProblem));
}

void TestCommandCheck::quotedCommandIsSplitIntoTheSameWords()
{
    const QStringList command{QStringLiteral("/opt/my worker"), QStringLiteral("--name"), QStringLiteral("a \"b\" c"),
                              QStringLiteral("plain")};
    QCOMPARE(QProcess::splitCommand(quotedCommand(command)), command);
}

QTEST_GUILESS_MAIN(TestCommandCheck)
#include "tst_commandcheck.moc"
