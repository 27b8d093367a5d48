// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the worker programs in the guide for users' own workers (resources/help/own-worker.md) as the guide runs them.
#include "places.h"
#include "tests/support/clxfiles.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace lifeguard::test;

namespace {

/// Returns the code block of the guide in this language; empty if there is none or more than one.
QByteArray codeBlock(const QString &language)
{
    const QString guide = QString::fromUtf8(
        contentOf(QStringLiteral(LIFEGUARD_SOURCE_DIR "/resources/help/own-worker.md")));
    const QRegularExpression fence(s("^```%1\\n(.*?)^```$").arg(language),
                                   QRegularExpression::MultilineOption
                                       | QRegularExpression::DotMatchesEverythingOption);
    QRegularExpressionMatchIterator blocks = fence.globalMatch(guide);
    const QByteArray block = blocks.hasNext() ? blocks.next().captured(1).toUtf8() : QByteArray();
    return blocks.hasNext() ? QByteArray() : block;
}

} // namespace

class TestOwnWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void examplesConvert_data();
    void examplesConvert();
    void consoleLinesWork();
};

void TestOwnWorker::examplesConvert_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("oldFile");
    for (const bool oldFile : {false, true}) {
        QTest::newRow(oldFile ? "Python, a database of CLX's version 1" : "Python")
            << s("python") << s("upper.py") << s("python3 upper.py") << oldFile;
        QTest::newRow(oldFile ? "shell, a database of CLX's version 1" : "shell")
            << s("sh") << s("upper.sh") << s("sh upper.sh") << oldFile;
    }
}

void TestOwnWorker::examplesConvert()
{
    QFETCH(QString, language);
    QFETCH(QString, name);
    QFETCH(QString, command);
    QFETCH(bool, oldFile);
    for (const QString &program : {command.section(u' ', 0, 0), language == s("sh") ? s("sqlite3") : s("python3")}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(s("%1 is not installed").arg(program)));
    }
    const QByteArray code = codeBlock(language);
    QVERIFY2(!code.isEmpty(), "the guide must have one block in each language");
    CtlProgram ctl;
    ctl.write(name, code);
    if (oldFile)
        RawSql(ctl.database()).script(clxScript({1, 1}));
    const auto submit = [&ctl](const QString &input, const QString &output) {
        const QString payload = s("{\"input_file\": \"%1\", \"output_file\": \"%2\"}")
                                    .arg(ctl.filePath(input), ctl.filePath(output));
        return ctl.call({s("submit"), s("--type"), s("upper"), s("--payload"), payload}).code;
    };
    for (int i = 1; i <= 6; ++i) {
        ctl.write(s("poem %1.txt").arg(i), "it's a poem\n");
        QCOMPARE(submit(s("poem %1.txt").arg(i), s("upper %1.txt").arg(i)), 0);
    }
    QCOMPARE(submit(s("it's missing.txt"), s("none.txt")), 0);
    const Outcome run = ctl.call(
        {s("run"), s("--until-idle"), s("--timeout"), s("60"), s("--pool"), s("upper=2,command=") + command});
    QVERIFY2(run.code == 1, run.all().constData()); // one job failed
    QVERIFY2(run.out.contains("job 7 failed") && run.out.contains("it's missing.txt"), run.out.constData());
    QVERIFY2(!run.out.contains("dead"), run.out.constData());
    QCOMPARE(ctl.jobs(s("completed")), 6);
    QCOMPARE(ctl.jobs(s("failed")), 1);
    for (int i = 1; i <= 6; ++i)
        QCOMPARE(contentOf(ctl.filePath(s("upper %1.txt").arg(i))), QByteArray("IT'S A POEM\n"));
    QVERIFY(!QFile::exists(ctl.filePath(s("none.txt"))));
    const QJsonArray jobs = ctl.call({s("jobs"), s("--json")}).array();
    for (const QJsonValue &job : jobs)
        QCOMPARE(job.toObject().value(s("attempts")).toInt(), 1);
    const QJsonArray workers = ctl.call({s("workers"), s("--json")}).array();
    QCOMPARE(workers.size(), 2);
    for (const QJsonValue &worker : workers)
        QCOMPARE(worker.toObject().value(s("state")).toString(), s("stopped"));
    // Each worker has deleted its row.
    QCOMPARE(RawSql(ctl.database()).value(s("SELECT count(*) FROM workers")).toInt(), 0);
}

/// The commands in the guide work.
void TestOwnWorker::consoleLinesWork()
{
    CtlProgram ctl;
    ctl.write(s("upper.py"), codeBlock(s("python")));
    ctl.write(s("poem.txt"), "a poem\n");
    const QString lines = QString::fromUtf8(codeBlock(s("console"))).replace(s("/home/me/work"), ctl.folder());
    QVERIFY(lines.count(s("lifeguardctl ")) == 2);
    const Outcome outcome = [&] {
        QProcess shell;
        QProcessEnvironment environment = ctl.environment();
        environment.insert(s("PATH"), QFileInfo(CtlProgram::program()).path() + u':' + environment.value(s("PATH")));
        environment.insert(s("DB_PATH"), ctl.database());
        environment.insert(s("WORKSPACE_PATH"), ctl.folder());
        shell.setProcessEnvironment(environment);
        shell.setWorkingDirectory(ctl.folder());
        shell.start(s("sh"), {s("-ec"), lines});
        Outcome result;
        if (shell.waitForFinished(60000))
            result.code = shell.exitCode();
        result.out = shell.readAllStandardOutput();
        result.err = shell.readAllStandardError();
        return result;
    }();
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QCOMPARE(contentOf(ctl.filePath(s("poem-upper.txt"))), QByteArray("A POEM\n"));
}

QTEST_GUILESS_MAIN(TestOwnWorker)
#include "tst_ownworker.moc"
