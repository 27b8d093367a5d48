// SPDX-License-Identifier: GPL-3.0-or-later
// Tests `lifeguardctl doctor` and `lifeguardctl support-bundle` with the real program.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

using namespace lifeguard::test;

class TestCtlDoctor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void healthyMachineHasNoProblem();
    void poolsOfTheConfigurationAreExamined();
    void damagedDatabaseFails();
    void lockOfAnotherProgramIsNamed();
    void bundleContainsNoSecrets();
    void bundleDoesNotOverwriteFiles();

private:
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

void TestCtlDoctor::healthyMachineHasNoProblem()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(2));
    const Outcome text = ctl.call({s("doctor")});
    QCOMPARE(text.code, 0);
    QVERIFY2(text.out.contains("No problems were found."), text.out.constData());
    QVERIFY2(text.out.contains("Jobs: 2 pending"), text.out.constData());
    const QJsonObject json = ctl.call({s("doctor"), s("--json")}).object();
    QCOMPARE(json.value(s("problems")).toInt(-1), 0);
    QStringList areas;
    const QJsonArray findings = json.value(s("findings")).toArray();
    for (const QJsonValue &finding : findings)
        areas.append(finding[s("area")].toString());
    areas.removeDuplicates();
    QCOMPARE(areas, (QStringList{s("system"), s("tools"), s("docker"), s("folders"), s("database")}));
}

void TestCtlDoctor::poolsOfTheConfigurationAreExamined()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    const QString file = ctl.write(s("pools.yaml"),
                                   "pools:\n"
                                   "  good: {type: noop, mode: direct}\n"
                                   "  mine: {mode: direct, command: /no/such/program}\n"
                                   "  folder: {type: noop, mode: direct, working_dir: /no/such/folder}\n"
                                   "  engine: {mode: docker, image: 'mine:1'}\n");
    const Outcome outcome = ctl.call({s("doctor"), s("--config"), file});
    QCOMPARE(outcome.code, 1);
    for (const char *text : {"The programs and files of the pool good exist.",
                             "PROBLEM The pool mine cannot be started: the program '/no/such/program' does not exist",
                             "PROBLEM The pool folder cannot be started: The working folder /no/such/folder",
                             "PROBLEM Docker pools cannot run"})
        QVERIFY2(outcome.out.contains(text), outcome.out.constData());
}

void TestCtlDoctor::damagedDatabaseFails()
{
    const CtlProgram ctl;
    ctl.write(s("jobs.db"), QByteArray(4096, 'x'));
    const Outcome outcome = ctl.call({s("doctor")});
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.out.contains("PROBLEM") && outcome.out.contains("Found 1 problem."), outcome.out.constData());
}

void TestCtlDoctor::lockOfAnotherProgramIsNamed()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    QProcess holder;
    holder.start(s("python3"), {s("-c"),
                                s("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
                                  "db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"),
                                ctl.database()});
    QVERIFY2(holder.waitForReadyRead(30000), holder.readAllStandardError().constData());
    const Outcome outcome = ctl.call({s("doctor")});
    QVERIFY2(outcome.out.contains("is locked by python3"), outcome.out.constData());
    const QByteArray process = "(process " + QByteArray::number(holder.processId());
    QVERIFY(outcome.out.contains(process));
    holder.closeWriteChannel();
    QVERIFY(holder.waitForFinished());
}

void TestCtlDoctor::bundleContainsNoSecrets()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    const QString log = ctl.write(s("noop-0.log"), "begin\npassword=hunter2\nhttps://user:geheim@host/x\n");
    RawSql raw(ctl.database());
    QVERIFY(
        raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, log_path, "
                   "max_job_time, started_at, ended_at) VALUES ('w', 'm', 'noop', 'noop', 'direct', 0, ?, 600, "
                   "'2026-01-01 00:00:00', '2026-01-01 00:01:00')"),
                 {log}));
    QVERIFY(raw.exec(s("INSERT INTO lifeguard_events (at, kind, message) VALUES ('2026-01-01 00:00:00', "
                       "'worker_failed', 'died: token=s3cr3tt0ken')")));
    ctl.write(s("secret"), "fr0mFile\n");
    const QString config = ctl.write(s("pools.yaml"), "pools:\n"
                                                      "  noop:\n"
                                                      "    mode: direct\n"
                                                      "    environment: {PLAIN: pla1n, FILE: {from_file: secret}}\n");
    const QString archive = ctl.filePath(s("bundle.tar.gz"));
    const Outcome outcome = ctl.call({s("support-bundle"), archive, s("--config"), config});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(QFile::permissions(archive) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(QProcess::execute(s("tar"), {s("-xzf"), archive, s("-C"), ctl.folder()}), 0);
    const QDir folder(ctl.filePath(s("bundle")));
    QCOMPARE(folder.entryList(QDir::Files, QDir::Name),
             (QStringList{s("configuration.txt"), s("doctor.txt"), s("events.json"), s("jobs.txt"), s("versions.txt"),
                          s("workers.json")}));
    QByteArray all = contentOf(folder.filePath(s("logs/noop-0.log")));
    QVERIFY(all.contains("begin"));
    const QStringList names = folder.entryList(QDir::Files);
    for (const QString &name : names) {
        QVERIFY2(!contentOf(folder.filePath(name)).isEmpty(), qPrintable(name));
        all += contentOf(folder.filePath(name));
    }
    QVERIFY(all.contains("noop\t1\t0"));
    QVERIFY(all.contains("pools.noop.environment.FILE"));
    QVERIFY(all.contains("worker_failed"));
    for (const char *secret : {"hunter2", "geheim", "s3cr3tt0ken", "fr0mFile", "pla1n"})
        QVERIFY2(!all.contains(secret), secret);
}

void TestCtlDoctor::bundleDoesNotOverwriteFiles()
{
    const CtlProgram ctl;
    const QString file = ctl.write(s("notes.tar.gz"), "mine");
    const Outcome outcome = ctl.call({s("support-bundle"), file});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("exists already"), outcome.err.constData());
    QCOMPARE(contentOf(file), QByteArray("mine"));
    const QString part = ctl.write(s("other.tar.gz.part"), "mine too");
    QCOMPARE(ctl.call({s("support-bundle"), ctl.filePath(s("other.tar.gz"))}).code, 0);
    QCOMPARE(contentOf(part), QByteArray("mine too"));
    QCOMPARE(QDir(ctl.folder()).entryList({s(".lifeguard-support*")}, QDir::Files | QDir::Hidden), QStringList());
    QCOMPARE(ctl.call({s("support-bundle"), ctl.filePath(s("no/such/folder.tar.gz"))}).code, 2);
}

QTEST_GUILESS_MAIN(TestCtlDoctor)
#include "tst_ctldoctor.moc"
