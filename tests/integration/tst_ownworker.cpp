// SPDX-License-Identifier: GPL-3.0-or-later
// The programs in the guide to workers of one's own (resources/help/own-worker.md), taken from its text and run as it says.
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

/// The one block of the guide in that language.
QByteArray blockOf(const QString &language)
{
    const QString guide = QString::fromUtf8(contentOf(QStringLiteral(LIFEGUARD_SOURCE_DIR "/resources/help/own-worker.md")));
    const QRegularExpression fence(s("^```%1\\n(.*?)^```$").arg(language),
                                   QRegularExpression::MultilineOption | QRegularExpression::DotMatchesEverythingOption);
    QRegularExpressionMatchIterator blocks = fence.globalMatch(guide);
    const QByteArray block = blocks.hasNext() ? blocks.next().captured(1).toUtf8() : QByteArray();
    return blocks.hasNext() ? QByteArray() : block;
}

} // namespace

class TestOwnWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void works_data();
    void works();
    void saysHowToRunIt();
};

void TestOwnWorker::works_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("oldFile");
    for (const bool oldFile : {false, true}) {
        QTest::newRow(oldFile ? "Python, a file of CLX's version 1" : "Python") << s("python") << s("upper.py") << s("python3 upper.py") << oldFile;
        QTest::newRow(oldFile ? "shell, a file of CLX's version 1" : "shell") << s("sh") << s("upper.sh") << s("sh upper.sh") << oldFile;
    }
}

void TestOwnWorker::works()
{
    QFETCH(QString, language);
    QFETCH(QString, name);
    QFETCH(QString, command);
    QFETCH(bool, oldFile);
    for (const QString &program : {command.section(u' ', 0, 0), language == s("sh") ? s("sqlite3") : s("python3")}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(s("%1 is not installed").arg(program)));
    }
    const QByteArray code = blockOf(language);
    QVERIFY2(!code.isEmpty(), "the guide has one block of each language");
    CtlProgram ctl;
    ctl.write(name, code);
    if (oldFile)
        RawSql(ctl.database()).script(clxScript({1, 1}));
    const auto submit = [&ctl](const QString &input, const QString &output) {
        const QString payload = s("{\"input_file\": \"%1\", \"output_file\": \"%2\"}").arg(ctl.filePath(input), ctl.filePath(output));
        return ctl.call({s("submit"), s("--type"), s("upper"), s("--payload"), payload}).code;
    };
    for (int i = 1; i <= 6; ++i) {
        ctl.write(s("poem %1.txt").arg(i), "it's a poem\n");
        QCOMPARE(submit(s("poem %1.txt").arg(i), s("upper %1.txt").arg(i)), 0);
    }
    QCOMPARE(submit(s("it's missing.txt"), s("none.txt")), 0);
    const Outcome run = ctl.call({s("run"), s("--until-idle"), s("--timeout"), s("60"), s("--pool"), s("upper=2,command=") + command});
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
    QCOMPARE(RawSql(ctl.database()).value(s("SELECT count(*) FROM workers")).toInt(), 0); // each took its row away
}

/// The lines that it tells people to type are understood.
void TestOwnWorker::saysHowToRunIt()
{
    CtlProgram ctl;
    ctl.write(s("upper.py"), blockOf(s("python")));
    ctl.write(s("poem.txt"), "a poem\n");
    const QString lines = QString::fromUtf8(blockOf(s("console"))).replace(s("/home/me/work"), ctl.folder());
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
        Outcome told;
        if (shell.waitForFinished(60000))
            told.code = shell.exitCode();
        told.out = shell.readAllStandardOutput();
        told.err = shell.readAllStandardError();
        return told;
    }();
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QCOMPARE(contentOf(ctl.filePath(s("poem-upper.txt"))), QByteArray("A POEM\n"));
}

QTEST_GUILESS_MAIN(TestOwnWorker)
#include "tst_ownworker.moc"
