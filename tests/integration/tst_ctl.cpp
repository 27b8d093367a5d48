// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the commands of lifeguardctl with the real program: their exit codes and their output.
#include "core/base/terminaltext.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"

#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using lifeguard::displayWidth;

namespace {

const QStringList jobColumns{
    QStringLiteral("id"),           QStringLiteral("job_type"),   QStringLiteral("status"),
    QStringLiteral("priority"),     QStringLiteral("input_file"), QStringLiteral("output_file"),
    QStringLiteral("content_hash"), QStringLiteral("created_at"), QStringLiteral("started_at"),
    QStringLiteral("completed_at"), QStringLiteral("worker_id"),  QStringLiteral("attempts"),
    QStringLiteral("max_attempts"), QStringLiteral("error"),      QStringLiteral("cancelled_at"),
    QStringLiteral("cancelled_by"),
};

/// A text that clears the screen, renames the window, hides the end of a name and forges a row.
const QString hostile = QStringLiteral("/w/\x1b[2J\x1b]0;owned\a\r测试 e\u0301\n1  completed\u202egnp.exe\u009b1m");

/// Returns the first character in the output of lifeguardctl that a terminal would obey; empty if there is none.
QString obeyedCharacterIn(const QString &output)
{
    for (const QChar character : output) {
        const bool isSafe = character == QLatin1Char('\n')
                         || (character.unicode() >= 0x20 && character.unicode() < 0x7f)
                         || (character.unicode() > 0x9f && character != QChar(0x202e));
        if (!isSafe) {
            return QStringLiteral("U+%1").arg(uint(character.unicode()), 0, 16);
        }
    }
    return {};
}

} // namespace

class TestCtl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void usageErrorsExitWith2_data();
    void usageErrorsExitWith2();
    void helpDescribesEachCommand();
    void initCreatesTheDatabase();
    void onlySomeCommandsCreateAMissingDatabase();
    void fileThatIsNotADatabaseIsRefused();
    void readOnlyWritesNothing();
    void submitAddsJobsWithAPayload();
    void submitLimitsTheTimeOfJobs();
    void submitAddsJobsForFiles();
    void filesOutsideTheWorkspaceAreCopiedOnRequest();
    void optionsMayPrecedeTheCommand();
    void databaseIsReadFromTheEnvironment_data();
    void databaseIsReadFromTheEnvironment();
    void databaseOfTheWorkspaceIsFound_data();
    void databaseOfTheWorkspaceIsFound();
    void cancelledJobsCanBeRetried();
    void unknownJobsAreReported();
    void listsJobs();
    void hostileTextsStayInTheirRows();
    void hostileEventsStayInTheirRows();
    void hostileDiagnosisStaysInItsRows();

private:
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtl::usageErrorsExitWith2_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *name, const char *arguments) {
        QTest::newRow(name) << QString::fromLatin1(arguments).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    row("unknown command", "dance");
    row("unknown option", "status --dance");
    row("submit without a file", "submit");
    row("submit a missing file", "submit /nonexistent/a.puml");
    row("payload without type", "submit --payload {}");
    row("payload of an invalid type", "submit --type no/type --payload {}");
    row("payload is not JSON", "submit --type noop --payload {");
    row("payload is not an object", "submit --type noop --payload [1]");
    row("payload and path", "submit --type noop --payload {} /tmp");
    row("count of zero", "submit --type noop --payload {} --count 0");
    row("no time for a job", "submit --type noop --payload {} --max-job-time 0");
    row("job longer than a timer can wait", "submit --type noop --payload {} --max-job-time 25d");
    row("time is not a duration", "submit --type noop --payload {} --max-job-time soon");
    row("priority is not a number", "submit --type noop --payload {} --priority high");
    row("unknown job status", "jobs --status sleeping");
    row("limit is not a number", "jobs --limit few");
    row("cancel without a job", "cancel");
    row("diagnose without a worker", "diagnose");
    row("diagnose two workers", "diagnose noop-0 noop-1");
    row("cancel with a word instead of a number", "cancel first");
    row("retry without a job", "retry");
    row("pool without count", "run --pool noop");
    row("pool with a negative count", "run --pool noop=-1");
    row("pool with an unknown mode", "run --pool noop=1,mode=balloon");
    row("pool in docker mode without an image", "run --pool noop=1,mode=docker");
    row("pool of a custom type without a command", "run --pool mine=1");
    row("timeout of zero", "run --timeout 0");
    row("run with an argument", "run noop=1");
    row("read-only run", "run --read-only");
    row("read-only submit", "submit --read-only --type noop --payload {}");
    row("read-only init", "init --read-only");
    row("read-only cancel", "cancel --read-only 1");
    row("read-only retry", "retry --read-only 1");
}

void TestCtl::usageErrorsExitWith2()
{
    QFETCH(QStringList, arguments);
    const auto outcome = m_ctl->call(arguments);
    QCOMPARE(outcome.code, 2);
    QVERIFY(!outcome.err.isEmpty());
    QVERIFY2(outcome.out.isEmpty(), outcome.out.constData());
    QVERIFY2(!QFile::exists(m_ctl->database()), "a command with wrong arguments created a database");
}

void TestCtl::helpDescribesEachCommand()
{
    const QStringList commands{QStringLiteral("init"),     QStringLiteral("submit"),  QStringLiteral("run"),
                               QStringLiteral("status"),   QStringLiteral("workers"), QStringLiteral("jobs"),
                               QStringLiteral("cancel"),   QStringLiteral("retry"),   QStringLiteral("events"),
                               QStringLiteral("diagnose"), QStringLiteral("job")};
    const auto all = m_ctl->call({QStringLiteral("help")});
    QCOMPARE(all.code, 0);
    for (const QString &command : commands) {
        QVERIFY2(QString::fromUtf8(all.out).contains(QStringLiteral("  %1 ").arg(command)), qPrintable(command));
        const auto one = m_ctl->call({command, QStringLiteral("--help")});
        QCOMPARE(one.code, 0);
        QVERIFY2(QString::fromUtf8(one.out).startsWith(QStringLiteral("Usage: lifeguardctl %1 ").arg(command)),
                 one.out.constData());
    }
    QVERIFY(!QFile::exists(m_ctl->database()));
}

void TestCtl::initCreatesTheDatabase()
{
    auto outcome = m_ctl->call({QStringLiteral("init"), QStringLiteral("--json")});
    QCOMPARE(outcome.code, 0);
    QCOMPARE(outcome.array().size(), 1);
    QCOMPARE(outcome.array().at(0).toObject().value(QLatin1String("created")).toBool(), true);
    QCOMPARE(outcome.array().at(0).toObject().value(QLatin1String("version")).toInt(), 11);
    QVERIFY(QFile::exists(m_ctl->database()));
    outcome = m_ctl->call({QStringLiteral("init"), QStringLiteral("--json")});
    QCOMPARE(outcome.code, 0);
    QCOMPARE(outcome.array().at(0).toObject().value(QLatin1String("created")).toBool(), false);
}

void TestCtl::onlySomeCommandsCreateAMissingDatabase()
{
    for (const char *command : {"workers", "jobs", "events"}) {
        const auto outcome = m_ctl->call({QString::fromLatin1(command)});
        QCOMPARE(outcome.code, 3);
        QVERIFY2(outcome.err.contains("jobs.db"), outcome.err.constData());
    }
    QCOMPARE(m_ctl->call({QStringLiteral("cancel"), QStringLiteral("1")}).code, 3);
    QCOMPARE(m_ctl->call({QStringLiteral("retry"), QStringLiteral("1")}).code, 3);
    QCOMPARE(m_ctl->call({QStringLiteral("status"), QStringLiteral("--read-only")}).code, 3);
    QVERIFY(!QFile::exists(m_ctl->database()));

    const auto status = m_ctl->call({QStringLiteral("status"), QStringLiteral("--json")});
    QVERIFY2(status.code == 0, status.err.constData());
    QVERIFY(QFile::exists(m_ctl->database()));
    const QJsonObject jobs = status.object().value(QLatin1String("jobs")).toObject();
    const QJsonObject workers = status.object().value(QLatin1String("workers")).toObject();
    for (const char *name : {"pending", "processing", "completed", "failed", "cancelled"}) {
        QCOMPARE(jobs.value(QLatin1String(name)).toInt(-1), 0);
    }
    for (const char *name : {"idle", "busy", "hung", "dead"}) {
        QCOMPARE(workers.value(QLatin1String(name)).toInt(-1), 0);
    }
}

void TestCtl::fileThatIsNotADatabaseIsRefused()
{
    const QByteArray text =
        "This text is longer than the header of a database, so that it cannot be mistaken for an empty one.\n";
    m_ctl->write(QStringLiteral("jobs.db"), text);
    for (const QStringList &arguments :
         {QStringList{QStringLiteral("init")}, QStringList{QStringLiteral("status")},
          QStringList{QStringLiteral("jobs")}, QStringList{QStringLiteral("run"), QStringLiteral("--until-idle")},
          QStringList{QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("noop"),
                      QStringLiteral("--payload"), QStringLiteral("{}")}}) {
        const auto outcome = m_ctl->call(arguments);
        QCOMPARE(outcome.code, 3);
        QVERIFY2(outcome.err.contains("jobs.db"), outcome.err.constData());
    }
    QFile file(m_ctl->database());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), text);
}

void TestCtl::readOnlyWritesNothing()
{
    QVERIFY(m_ctl->submitNoop(2));
    const auto read = [this] {
        QFile file(m_ctl->database());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const QByteArray before = read();
    QVERIFY(!before.isEmpty());
    for (const char *command : {"status", "workers", "jobs", "events"}) {
        const auto outcome = m_ctl->call(
            {QString::fromLatin1(command), QStringLiteral("--read-only"), QStringLiteral("--json")});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
    }
    QCOMPARE(read(), before);
}

void TestCtl::submitAddsJobsWithAPayload()
{
    const auto outcome = m_ctl->call({QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("noop"),
                                      QStringLiteral("--payload"), QStringLiteral("{\"sleep_ms\": 0}"),
                                      QStringLiteral("--count"), QStringLiteral("3"), QStringLiteral("--priority"),
                                      QStringLiteral("7"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QJsonArray rows = outcome.array();
    QCOMPARE(rows.size(), 3);
    for (const QJsonValue &value : rows) {
        const QJsonObject row = value.toObject();
        for (const QString &column : jobColumns) {
            QVERIFY2(row.contains(column), qPrintable(column));
        }
        QCOMPARE(row.value(QLatin1String("job_type")).toString(), QStringLiteral("noop"));
        QCOMPARE(row.value(QLatin1String("status")).toString(), QStringLiteral("pending"));
        QCOMPARE(row.value(QLatin1String("priority")).toInt(), 7);
        QVERIFY(row.value(QLatin1String("started_at")).isNull());
    }
    QCOMPARE(m_ctl->jobs(QStringLiteral("pending")), 3);
}

void TestCtl::submitLimitsTheTimeOfJobs()
{
    const QStringList submit{QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("noop"),
                             QStringLiteral("--payload"), QStringLiteral("{}")};
    QCOMPARE(m_ctl->call(submit + QStringList{QStringLiteral("--max-job-time"), QStringLiteral("90m")}).code, 0);
    QCOMPARE(m_ctl->call(submit).code, 0);
    const auto show = [this](const QString &id, const QStringList &more = {}) {
        return m_ctl->call(QStringList{QStringLiteral("job"), id} + more);
    };
    const QString key = QStringLiteral("max_job_time");
    const QStringList json{QStringLiteral("--json")};
    QCOMPARE(show(QStringLiteral("1"), json).object().value(key), QJsonValue(5400));
    QVERIFY(show(QStringLiteral("2"), json).object().value(key).isNull());
    QVERIFY2(show(QStringLiteral("1")).out.contains("time limit 90m\n"), show(QStringLiteral("1")).out.constData());
    QVERIFY2(!show(QStringLiteral("2")).out.contains("time limit"), show(QStringLiteral("2")).out.constData());
}

void TestCtl::submitAddsJobsForFiles()
{
    const QString diagram = m_ctl->write(QStringLiteral("course/a.puml"), "@startuml\nA -> B\n@enduml\n");
    m_ctl->write(QStringLiteral("course/notes.txt"), "nothing to draw");
    const auto outcome = m_ctl->call({QStringLiteral("submit"), m_ctl->filePath(QStringLiteral("course")),
                                      QStringLiteral("--format"), QStringLiteral("svg"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QVERIFY2(outcome.err.contains("notes.txt"), outcome.err.constData());
    QCOMPARE(outcome.array().size(), 1);
    const QJsonObject row = outcome.array().at(0).toObject();
    QCOMPARE(row.value(QLatin1String("job_type")).toString(), QStringLiteral("plantuml"));
    QCOMPARE(row.value(QLatin1String("input_file")).toString(), diagram);
    QCOMPARE(row.value(QLatin1String("output_file")).toString(),
             m_ctl->filePath(QStringLiteral("output/course/a.svg")));
    QCOMPARE(m_ctl->call({QStringLiteral("submit"), diagram, QStringLiteral("--format"), QStringLiteral("mp3")}).code,
             2);
}

void TestCtl::filesOutsideTheWorkspaceAreCopiedOnRequest()
{
    QTemporaryDir outside;
    QFile file(outside.filePath(QStringLiteral("b.puml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("@startuml\nA -> B\n@enduml\n");
    file.close();
    auto outcome = m_ctl->call({QStringLiteral("submit"), file.fileName(), QStringLiteral("--json")});
    QCOMPARE(outcome.code, 0);
    QCOMPARE(outcome.array().size(), 0);
    QVERIFY2(outcome.err.contains("b.puml"), outcome.err.constData());
    outcome = m_ctl->call(
        {QStringLiteral("submit"), file.fileName(), QStringLiteral("--copy-in"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.array().size(), 1);
    const QString input = outcome.array().at(0).toObject().value(QLatin1String("input_file")).toString();
    QVERIFY2(input.startsWith(m_ctl->filePath(QStringLiteral("input/"))), qPrintable(input));
    QVERIFY(QFile::exists(input));
}

void TestCtl::optionsMayPrecedeTheCommand()
{
    QProcess process;
    process.setProcessEnvironment(m_ctl->environment());
    process.start(CtlProgram::program(),
                  {QStringLiteral("--db"), m_ctl->database(), QStringLiteral("--json"), QStringLiteral("status")});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(QJsonDocument::fromJson(process.readAllStandardOutput()).isObject());
    QVERIFY(QFile::exists(m_ctl->database()));
}

void TestCtl::databaseIsReadFromTheEnvironment_data()
{
    QTest::addColumn<QString>("clx");
    QTest::addColumn<QString>("clm");
    const QString own = QStringLiteral("jobs.db");
    const QString other = QStringLiteral("other.db");
    QTest::newRow("of CLX") << own << QString();
    QTest::newRow("of CLM") << QString() << own;
    QTest::newRow("of both") << own << other;
}

void TestCtl::databaseIsReadFromTheEnvironment()
{
    QFETCH(QString, clx);
    QFETCH(QString, clm);
    QProcessEnvironment variables = m_ctl->environment();
    if (!clx.isEmpty())
        variables.insert(QStringLiteral("DB_PATH"), m_ctl->filePath(clx));
    if (!clm.isEmpty())
        variables.insert(QStringLiteral("CLM_JOBS_DB_PATH"), m_ctl->filePath(clm));
    QProcess process;
    process.setProcessEnvironment(variables);
    process.start(CtlProgram::program(), {QStringLiteral("init")});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(QFile::exists(m_ctl->database()));
}

void TestCtl::databaseOfTheWorkspaceIsFound_data()
{
    QTest::addColumn<QStringList>("existing");
    QTest::addColumn<QString>("expected");
    const QString clx = QStringLiteral("clx_jobs.db");
    const QString clm = QStringLiteral("clm_jobs.db");
    QTest::newRow("a new workspace") << QStringList() << clx;
    QTest::newRow("of CLX, or ours") << QStringList{clx} << clx;
    QTest::newRow("of CLM") << QStringList{clm} << clm;
    QTest::newRow("two queues") << QStringList{clx, clm} << QString();
}

void TestCtl::databaseOfTheWorkspaceIsFound()
{
    QFETCH(QStringList, existing);
    QFETCH(QString, expected);
    const auto run = [this](const QStringList &arguments) {
        QProcess process;
        process.setProcessEnvironment(m_ctl->environment());
        process.setWorkingDirectory(m_ctl->folder());
        process.start(CtlProgram::program(), arguments);
        return Outcome{process.waitForFinished() ? process.exitCode() : -1, process.readAllStandardOutput(),
                       process.readAllStandardError()};
    };
    for (const QString &name : existing)
        QCOMPARE(run({QStringLiteral("init"), QStringLiteral("--db"), name}).code, 0);
    const QStringList submit{QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("noop"),
                             QStringLiteral("--payload"), QStringLiteral("{}")};
    const Outcome outcome = run(submit);
    if (expected.isEmpty()) {
        QCOMPARE(outcome.code, 2);
        QVERIFY2(outcome.err.contains("clx_jobs.db and clm_jobs.db. Choose one with --db"), outcome.err.constData());
        QCOMPARE(run({QStringLiteral("submit"), QStringLiteral("--help")}).code, 0);
        return;
    }
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QStringList databases = QDir(m_ctl->folder()).entryList({QStringLiteral("*.db")});
    QCOMPARE(databases, QStringList{expected});
    QCOMPARE(
        lifeguard::test::RawSql(m_ctl->filePath(expected)).value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(),
        1);
}

void TestCtl::cancelledJobsCanBeRetried()
{
    QVERIFY(m_ctl->submitNoop(2));
    auto outcome = m_ctl->call({QStringLiteral("cancel"), QStringLiteral("1"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.array().at(0).toObject().value(QLatin1String("status")).toString(), QStringLiteral("cancelled"));
    QVERIFY(!outcome.array().at(0).toObject().value(QLatin1String("cancelled_by")).toString().isEmpty());
    QCOMPARE(m_ctl->jobs(QStringLiteral("cancelled")), 1);
    outcome = m_ctl->call(
        {QStringLiteral("retry"), QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.array().size(), 2);
    QCOMPARE(outcome.array().at(0).toObject().value(QLatin1String("max_attempts")).toInt(), 3);
    QCOMPARE(m_ctl->jobs(QStringLiteral("pending")), 2);
    outcome = m_ctl->call({QStringLiteral("retry"), QStringLiteral("1")});
    QCOMPARE(outcome.code, 0);
    QVERIFY2(outcome.out.contains("Job 1 was not changed"), outcome.out.constData());
}

void TestCtl::unknownJobsAreReported()
{
    QVERIFY(m_ctl->submitNoop(1));
    const auto outcome = m_ctl->call({QStringLiteral("cancel"), QStringLiteral("1"), QStringLiteral("99")});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("99"), outcome.err.constData());
    QCOMPARE(m_ctl->jobs(QStringLiteral("cancelled")), 1);
}

void TestCtl::listsJobs()
{
    QVERIFY(m_ctl->submitNoop(5));
    QVERIFY(m_ctl->call({QStringLiteral("cancel"), QStringLiteral("2")}).code == 0);
    QCOMPARE(m_ctl->call({QStringLiteral("jobs"), QStringLiteral("--json")}).array().size(), 5);
    QCOMPARE(
        m_ctl->call({QStringLiteral("jobs"), QStringLiteral("--json"), QStringLiteral("--limit"), QStringLiteral("2")})
            .array()
            .size(),
        2);
    const QJsonArray cancelled = m_ctl
                                     ->call({QStringLiteral("jobs"), QStringLiteral("--json"),
                                             QStringLiteral("--status"), QStringLiteral("cancelled")})
                                     .array();
    QCOMPARE(cancelled.size(), 1);
    QCOMPARE(cancelled.at(0).toObject().value(QLatin1String("id")).toInt(), 2);
    const QByteArray text = m_ctl->call({QStringLiteral("jobs")}).out;
    QVERIFY2(text.startsWith("ID"), text.constData());
    QCOMPARE(text.count('\n'), 6);
}

void TestCtl::hostileTextsStayInTheirRows()
{
    QVERIFY(m_ctl->submitNoop(4));
    const QString longText = QString(hostile).remove(QLatin1Char('\n')) + QString(200'000, QLatin1Char('x'));
    {
        lifeguard::test::RawSql sql(m_ctl->database());
        QVERIFY(sql.exec(QStringLiteral("UPDATE jobs SET status = 'failed', input_file = ?, error = ?"),
                         {hostile, longText}));
        QVERIFY(sql.exec(QStringLiteral("UPDATE jobs SET input_file = '/w/a.puml', error = 'short' WHERE id = 1")));
        QVERIFY(
            sql.exec(QStringLiteral("INSERT INTO workers (worker_type, container_id, status) VALUES (?, ?, 'idle')"),
                     {hostile, hostile}));
    }
    const QString clean = QStringLiteral("/w/\\x1b[2J");
    const QList<std::pair<QStringList, int>> commands{
        {{QStringLiteral("jobs")}, 5},
        {{QStringLiteral("workers")}, 2},
        {{QStringLiteral("job"), QStringLiteral("2")}, -1},
        {{QStringLiteral("retry"), hostile}, -1},
    };
    for (const auto &[arguments, lines] : commands) {
        const Outcome outcome = m_ctl->call(arguments);
        const QString text = QString::fromUtf8(outcome.all());
        QVERIFY2(text.contains(clean) || arguments.first() == QLatin1String("retry"),
                 outcome.all().left(2000).constData());
        QVERIFY2(obeyedCharacterIn(text).isEmpty(),
                 qPrintable(QStringLiteral("%1 prints %2").arg(arguments.first(), obeyedCharacterIn(text))));
        if (lines >= 0) {
            QCOMPARE(text.count(QLatin1Char('\n')), lines);
        }
    }
    // The last column begins at the same place of the screen in all rows.
    const QStringList rows = QString::fromUtf8(m_ctl->call({QStringLiteral("jobs")}).out).split(QLatin1Char('\n'));
    const QString header = rows.first();
    const int column = displayWidth(header.left(header.indexOf(QLatin1String("ERROR"))));
    QCOMPARE(displayWidth(rows.at(1).left(rows.at(1).lastIndexOf(clean))), column);
    QCOMPARE(displayWidth(rows.at(4).left(rows.at(4).indexOf(QLatin1String("short")))), column);
    QVERIFY2(rows.at(1).endsWith(QStringLiteral("x…")), qPrintable(rows.at(1).right(20)));
    QVERIFY(displayWidth(rows.at(1)) < 600);
    // JSON contains the texts as they are.
    const QJsonArray jobs = m_ctl->call({QStringLiteral("jobs"), QStringLiteral("--json")}).array();
    QCOMPARE(jobs.at(0).toObject().value(QLatin1String("input_file")).toString(), hostile);
    QCOMPARE(jobs.at(0).toObject().value(QLatin1String("error")).toString(), longText);
}

void TestCtl::hostileEventsStayInTheirRows()
{
    QVERIFY(m_ctl->submitNoop(1));
    const QString longText = hostile + QString(200'000, QLatin1Char('x'));
    {
        lifeguard::test::RawSql sql(m_ctl->database());
        QVERIFY(sql.exec(QStringLiteral("DELETE FROM lifeguard_events")));
        const QString add = QStringLiteral("INSERT INTO lifeguard_events (at, kind, executor_id, pool, message) VALUES "
                                           "('2026-01-01 11:00:00', ?, ?, ?, ?)");
        QVERIFY(sql.exec(add, {QStringLiteral("worker_failed"), QStringLiteral("noop-0"), QString(),
                               QStringLiteral("short")}));
        QVERIFY(sql.exec(add, {hostile, hostile, hostile, hostile}));
        QVERIFY(sql.exec(add, {QStringLiteral("worker_failed"), QVariant(), hostile, longText}));
    }
    const Outcome outcome = m_ctl->call({QStringLiteral("events")});
    QCOMPARE(outcome.code, 0);
    const QString text = QString::fromUtf8(outcome.all());
    QVERIFY2(obeyedCharacterIn(text).isEmpty(), qPrintable(obeyedCharacterIn(text)));
    const QStringList rows = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(rows.size(), 4);
    const QString clean = QStringLiteral("/w/\\x1b[2J");
    QCOMPARE(rows.at(1).count(clean), 2);
    QCOMPARE(rows.at(2).count(clean), 3);
    QVERIFY2(rows.at(1).endsWith(QStringLiteral("x…")) && displayWidth(rows.at(1)) < 600, qPrintable(rows.at(1)));
    // The last column begins at the same place of the screen in all rows.
    const QString header = rows.first();
    const int column = displayWidth(header.left(header.indexOf(QLatin1String("WHAT HAPPENED"))));
    for (int i = 1; i < 3; ++i) {
        QCOMPARE(displayWidth(rows.at(i).left(rows.at(i).lastIndexOf(clean))), column);
    }
    QCOMPARE(displayWidth(rows.at(3).left(rows.at(3).indexOf(QLatin1String("short")))), column);
    // JSON contains the texts as they are.
    const QJsonArray events = m_ctl->call({QStringLiteral("events"), QStringLiteral("--json")}).array();
    QCOMPARE(events.size(), 3);
    QCOMPARE(events.at(0).toObject().value(QLatin1String("message")).toString(), longText);
    for (const char *key : {"kind", "executor_id", "pool", "message"}) {
        QCOMPARE(events.at(1).toObject().value(QLatin1String(key)).toString(), hostile);
    }
}

void TestCtl::hostileDiagnosisStaysInItsRows()
{
    QVERIFY(m_ctl->submitNoop(2));
    const QString line = QString(hostile).replace(QLatin1Char('\n'), QLatin1Char(' '));
    const QString log = m_ctl->write(QStringLiteral("a\x1b[2J\nEvents.log"), line.toUtf8() + "\r\nthe last line\n");
    {
        lifeguard::test::RawSql sql(m_ctl->database());
        QVERIFY(sql.exec(QStringLiteral("INSERT INTO workers (id, worker_type, container_id, status) VALUES "
                                        "(7, ?, ?, 'dead'), (8, 'noop', 'busy', 'busy')"),
                         {hostile, hostile}));
        QVERIFY(sql.exec(QStringLiteral("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, "
                                        "mode, idx, max_job_time, started_at, ended_at, reason, log_path) VALUES "
                                        "(?, 'm', ?, ?, ?, 0, 60, '2026-01-01 11:00:00', '2026-01-01 12:00:00', ?, ?)"),
                         {hostile, hostile, hostile, hostile, hostile, log}));
        QVERIFY(sql.exec(QStringLiteral("INSERT INTO lifeguard_events (at, kind, executor_id, message) VALUES "
                                        "('2026-01-01 11:00:00', 'worker_failed', ?, ?)"),
                         {hostile, hostile}));
        QVERIFY(sql.exec(QStringLiteral("UPDATE jobs SET status = 'failed', worker_id = 7, input_file = ?, "
                                        "started_at = '2026-01-01 11:00:00' WHERE id = 1"),
                         {hostile}));
        QVERIFY(sql.exec(QStringLiteral("UPDATE jobs SET status = 'processing', worker_id = 8, input_file = ?, "
                                        "started_at = '2026-01-01 11:00:00' WHERE id = 2"),
                         {hostile}));
    }
    for (const QString &worker : {hostile, QStringLiteral("busy"), QStringLiteral("unknown\x1b[2J\r")}) {
        const QString text = QString::fromUtf8(m_ctl->call({QStringLiteral("diagnose"), worker}).all());
        QVERIFY2(obeyedCharacterIn(text).isEmpty(), qPrintable(obeyedCharacterIn(text)));
        const QStringList rows = text.split(QLatin1Char('\n'));
        for (const QString &row : rows) {
            QVERIFY2(!row.startsWith(QLatin1String("1  completed")), qPrintable(text));
        }
        QVERIFY2(rows.count(QStringLiteral("Events")) == (worker == hostile ? 1 : 0), qPrintable(text));
        QCOMPARE(rows.contains(QStringLiteral("the last line")), worker == hostile);
        QVERIFY2(text.contains(QLatin1String("\\x1b[2J")), qPrintable(text));
    }
    // JSON contains the texts as they are.
    const QJsonObject json = m_ctl->call({QStringLiteral("diagnose"), hostile, QStringLiteral("--json")}).object();
    const QJsonObject worker = json.value(QLatin1String("worker")).toObject();
    for (const char *key : {"container_id", "worker_type", "pool", "reason"}) {
        QCOMPARE(worker.value(QLatin1String(key)).toString(), hostile);
    }
    QCOMPARE(worker.value(QLatin1String("log_path")).toString(), log);
    QCOMPARE(json.value(QLatin1String("last_lines")).toArray().at(0).toString(), line + QLatin1Char('\r'));
    QVERIFY(json.value(QLatin1String("events")).toArray().at(0).toString().endsWith(hostile));
    QVERIFY(json.value(QLatin1String("last_jobs")).toArray().at(0).toString().endsWith(hostile.section(u'/', -1)));
}

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
