// SPDX-License-Identifier: GPL-3.0-or-later
// Tests programs of several versions on one file: the migration of a file of version 2, the checks of programs of
// versions 1 and 2, and files of newer versions.
#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/jobreader.h"
#include "core/store/schemamigrator.h"
#include "core/store/workerregistry.h"
#include "places.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// Returns the rows of a table as texts, with these columns only.
QStringList rows(RawSql &raw, const QString &table, const QStringList &columns)
{
    QStringList values;
    for (const QString &column : columns)
        values.append(QStringLiteral("quote(%1)").arg(column));
    return raw.column(QStringLiteral("SELECT %1 FROM %2 ORDER BY 1").arg(values.join(s(" || ' ' || ")), table));
}

} // namespace

class TestSchemaVersions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void migrationKeepsAllRows();
    void migratesFromVersion1();
    void eventsOfEarlierVersionsShowTheirText();
    void olderProgramsAcceptTheMigratedFile();
    void olderProgramsWorkOnTheMigratedFile();
    void reasonUpdatedByAnOlderProgramReplacesTheMessage();
    void readOnlyOpensAFileThatIsNotMigrated();
    void newerFilesAreOpenedIfTheyAllowThisProgram_data();
    void newerFilesAreOpenedIfTheyAllowThisProgram();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(s("q.db")); }
    /// Creates the database that a program of version 2 left behind.
    void createVersion2();

    std::unique_ptr<QTemporaryDir> m_folder;
    ManualClock m_clock;
};

void TestSchemaVersions::createVersion2()
{
    QStringList lines = QString::fromUtf8(contentOf(s(LIFEGUARD_SOURCE_DIR "/tests/fixtures/lifeguard_version2.sql")))
                            .split(u'\n');
    lines.removeIf([](const QString &line) { return line.startsWith(s("--")); });
    RawSql raw(path());
    QVERIFY(raw.exec(s("BEGIN")));
    // A semicolon within a line is part of a text.
    for (const QString &statement : lines.join(u'\n').split(s(";\n"), Qt::SkipEmptyParts))
        QVERIFY2(raw.exec(statement), qPrintable(raw.error()));
    QVERIFY(raw.exec(s("COMMIT")));
}

void TestSchemaVersions::migrationKeepsAllRows()
{
    createVersion2();
    RawSql raw(path());
    const QStringList tables = raw.column(
        s("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"));
    QVERIFY(tables.contains(s("lifeguard_events")));
    QHash<QString, QStringList> columns;
    QHash<QString, QStringList> before;
    for (const QString &table : tables) {
        columns.insert(table, raw.column(s("SELECT name FROM pragma_table_info('%1')").arg(table)));
        before.insert(table, rows(raw, table, columns.value(table)));
    }
    QCOMPARE(before.value(s("jobs")).size(), 8);
    QVERIFY(before.value(s("lifeguard_events")).size() > 20);

    for (int i = 0; i < 2; ++i) { // opening it again changes nothing
        const auto db = Database::open(path(), OpenMode::ReadWrite);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        for (const QString &table : tables)
            QCOMPARE(rows(raw, table, columns.value(table)), before.value(table));
        QVERIFY((*db)->hasColumn(s("lifeguard_events"), s("code")));
        QVERIFY((*db)->hasColumn(s("lifeguard_workers"), s("reason_parameters")));
        QCOMPARE(raw.column(s("SELECT version || ' ' || minimum_version FROM lifeguard_migrations")),
                 (QStringList{s("3 2"), s("4 2"), s("5 2"), s("6 2")}));
        QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok"));
        const auto workers = WorkerRegistry(**db, m_clock).list(QDateTime(QDate(2020, 1, 1), QTime(0, 0), Qt::UTC));
        QCOMPARE(workers->size(), 5);
        QCOMPARE(workers->at(2).reason, Message::literal(s("SIGKILL while it worked on job 6")));
        QCOMPARE(WorkerRegistry(**db, m_clock).owned()->size(), 1);
    }
}

void TestSchemaVersions::migratesFromVersion1()
{
    createVersion2();
    {
        RawSql raw(path());
        QVERIFY2(raw.exec(s("ALTER TABLE lifeguard_workers DROP COLUMN spec")), qPrintable(raw.error()));
        QVERIFY(raw.exec(s("DELETE FROM lifeguard_schema_version WHERE version > 1")));
    }
    for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite, OpenMode::ReadWrite}) {
        const auto db = Database::open(path(), mode);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        QVERIFY(WorkerRegistry(**db, m_clock).list(m_clock.utcNow()));
        if (mode == OpenMode::ReadOnly)
            continue;
        const auto owned = WorkerRegistry(**db, m_clock).owned();
        QVERIFY2(owned, owned ? "" : qPrintable(owned.error().message));
        QCOMPARE(owned->size(), 1);
        QVERIFY(owned->first().spec.isEmpty());
    }
    QCOMPARE(RawSql(path()).value(s("SELECT count(*) FROM lifeguard_schema_version")).toInt(), 2);
}

void TestSchemaVersions::eventsOfEarlierVersionsShowTheirText()
{
    createVersion2();
    const auto db = Database::open(path(), OpenMode::ReadWrite);
    EventLog log(**db, m_clock);
    const auto old = log.ofJob(6);
    QCOMPARE(old->at(1).kind, EventKind::JobInterrupted);
    QCOMPARE(old->at(1).message.translatedText(), s("noop-0: SIGKILL while it worked on job 6"));
    Event event;
    event.kind = EventKind::JobReturned;
    event.jobId = 6;
    event.message = Message("job_returned", {s("a.puml"), Message("process_gone").asArgument()});
    QVERIFY(log.add(event));
    QCOMPARE(log.ofJob(6)->last().message, event.message);
    QCOMPARE(RawSql(path()).value(s("SELECT message FROM lifeguard_events ORDER BY id DESC")).toString(),
             event.message.englishText());
}

/// The statements with which programs of versions 1 and 2 decide whether they support a file (commit 37f7625,
/// core/store/databaseopening.cpp): the program refuses it if a version is higher than 11 or 2, and migrates it if the
/// column is missing.
void TestSchemaVersions::olderProgramsAcceptTheMigratedFile()
{
    for (const bool isNew : {false, true}) {
        init();
        if (!isNew)
            createVersion2();
        QVERIFY(Database::open(path(), OpenMode::Create));
        RawSql raw(path());
        const QStringList tables = raw.value(
                                          s("SELECT group_concat(name, ' ') FROM sqlite_master WHERE type = 'table'"))
                                       .toString()
                                       .split(u' ');
        for (const char *table : {"jobs", "workers", "schema_version", "lifeguard_schema_version"})
            QVERIFY2(tables.contains(s(table)), table);
        QCOMPARE(raw.value(s("SELECT max(version) FROM schema_version")).toInt(), 11);
        QCOMPARE(raw.value(s("SELECT max(version) FROM lifeguard_schema_version")).toInt(), 2);
        QCOMPARE(raw.column(s("SELECT c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' "
                              "AND t.name = 'lifeguard_workers' "
                              "AND c.name = 'spec'"))
                     .size(),
                 1);
    }
}

/// The statements of a program of version 2 that write the tables which version 3 changes.
void TestSchemaVersions::olderProgramsWorkOnTheMigratedFile()
{
    createVersion2();
    const auto db = Database::open(path(), OpenMode::ReadWrite);
    QVERIFY(db);
    RawSql raw(path());
    QVERIFY2(raw.exec(s(
                 "INSERT INTO lifeguard_events (at, kind, pool, executor_id, worker_type, worker_id, job_id, message) "
                 "VALUES ('2026-12-01 00:00:00.000', 'worker_hung', 'noop', 'x', 'noop', 7, 8, 'x is hung')")),
             qPrintable(raw.error()));
    QVERIFY2(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                        "log_path, beat_path, beat_slot, process, "
                        "max_job_time, spec, started_at) VALUES ('x', 'm', 'noop', 'noop', 'direct', 0, '', '', -1, "
                        "NULL, 600, '', '2026-12-01 00:00:00')")),
             qPrintable(raw.error()));
    QVERIFY2(raw.exec(s("UPDATE lifeguard_workers SET ended_at = '2026-12-01 00:00:01', reason = 'gone', wanted = 0 "
                        "WHERE executor_id = 'x' AND ended_at IS NULL")),
             qPrintable(raw.error()));
    const auto events = EventLog(**db, m_clock).list(1);
    QCOMPARE(events->first().kind, EventKind::WorkerHung);
    QCOMPARE(events->first().message, Message::literal(s("x is hung")));
    const auto workers = WorkerRegistry(**db, m_clock).list(fromSqlTime(s("2026-12-01 00:00:00")));
    QCOMPARE(workers->last().executorId, s("x"));
    QCOMPARE(workers->last().reason, Message::literal(s("gone")));
}

/// A program of version 2 updates the text of a reason and leaves the code, which then belongs to the former reason.
void TestSchemaVersions::reasonUpdatedByAnOlderProgramReplacesTheMessage()
{
    const auto db = Database::open(path(), OpenMode::Create);
    WorkerRegistry registry(**db, m_clock);
    OwnedWorker worker;
    worker.executorId = worker.pool = worker.type = worker.mode = worker.managerId = s("x");
    QVERIFY(registry.addOwned({worker}));
    const auto reason = [&] { return registry.list(m_clock.utcNow())->first().reason; };
    QVERIFY(registry.setHung(s("x"), Message("no_beat", {s("38 s")})));
    QCOMPARE(reason(), Message("no_beat", {s("38 s")}));
    RawSql raw(path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET reason = 'SIGKILL'")));
    QCOMPARE(reason(), Message::literal(s("SIGKILL")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET reason = NULL")));
    QVERIFY(reason().isEmpty());
}

void TestSchemaVersions::readOnlyOpensAFileThatIsNotMigrated()
{
    createVersion2();
    const QByteArray before = contentOf(path());
    {
        const auto db = Database::open(path(), OpenMode::ReadOnly);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        QVERIFY(!(*db)->hasTable(s("lifeguard_migrations")));
        QCOMPARE(EventLog(**db, m_clock).ofJob(6)->size(), 4);
        QCOMPARE(WorkerRegistry(**db, m_clock)
                     .list(QDateTime(QDate(2020, 1, 1), QTime(0, 0), Qt::UTC))
                     ->at(0)
                     .reason.englishText(),
                 s("all pools were stopped"));
        const auto job = JobReader(**db).job(6);
        QVERIFY2(job, job ? "" : qPrintable(job.error().message));
        QVERIFY(!job->maxJobTime);
        QVERIFY(JobReader(**db).running());
        QVERIFY((*db)->run("jobs_of_idle_workers"));
        QVERIFY((*db)->run("worker_job_limits", {{s("executor_id"), s("x")}}));
    }
    QCOMPARE(contentOf(path()), before);
}

void TestSchemaVersions::newerFilesAreOpenedIfTheyAllowThisProgram_data()
{
    QTest::addColumn<QString>("script"); // changes that a newer program made to the file
    QTest::addColumn<bool>("opens");
    const QString newer = s("CREATE TABLE lifeguard_newer (id INTEGER PRIMARY KEY, verb TEXT);"
                            "ALTER TABLE lifeguard_workers ADD COLUMN lease_until TEXT;"
                            "ALTER TABLE lifeguard_events ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;"
                            "INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (%1, %2)");
    QTest::newRow("a newer version that this program may use")
        << newer.arg(SchemaMigrator::ownVersion + 1).arg(2) << true;
    QTest::newRow("a much newer version that this program may use")
        << newer.arg(SchemaMigrator::ownVersion + 90).arg(SchemaMigrator::ownVersion) << true;
    QTest::newRow("a newer version that requires a newer program")
        << newer.arg(SchemaMigrator::ownVersion + 1).arg(SchemaMigrator::ownVersion + 1) << false;
    QTest::newRow("a version that locks out programs of version 2, but not this one")
        << newer.arg(SchemaMigrator::ownVersion + 1).arg(SchemaMigrator::ownVersion)
               + s(";INSERT INTO lifeguard_schema_version (version) VALUES (%1)").arg(SchemaMigrator::ownVersion)
        << true;
    QTest::newRow("the older of two migrations required a newer program")
        << newer.arg(SchemaMigrator::ownVersion + 1).arg(SchemaMigrator::ownVersion + 1)
               + s(";INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (%1, 2)")
                     .arg(SchemaMigrator::ownVersion + 2)
        << false;
    QTest::newRow("a newer version in the table of the older programs")
        << s("INSERT INTO lifeguard_schema_version (version) VALUES (%1)").arg(SchemaMigrator::ownVersion + 1) << false;
}

void TestSchemaVersions::newerFilesAreOpenedIfTheyAllowThisProgram()
{
    QFETCH(QString, script);
    QFETCH(bool, opens);
    QVERIFY(Database::open(path(), OpenMode::Create));
    RawSql(path()).script(script);
    for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite, OpenMode::Create}) {
        const QByteArray before = contentOf(path());
        const auto db = Database::open(path(), mode);
        QCOMPARE(db.has_value(), opens);
        if (!opens) {
            QCOMPARE(db.error().code, ErrorCode::TooNew);
            QVERIFY2(db.error().message.contains(path()), qPrintable(db.error().message));
            QVERIFY2(db.error().message.contains(QString::number(SchemaMigrator::ownVersion + 1)),
                     qPrintable(db.error().message));
            QCOMPARE(contentOf(path()), before);
            continue;
        }
        QVERIFY(JobReader(**db).list({}));
        QVERIFY(WorkerRegistry(**db, m_clock).list(m_clock.utcNow()));
        QVERIFY(EventLog(**db, m_clock).list(10));
        if (mode == OpenMode::ReadOnly)
            continue;
        Event event;
        event.kind = EventKind::PoolStarted;
        QVERIFY(EventLog(**db, m_clock).add(event));
        NewJob job;
        job.type = s("noop");
        QVERIFY(JobQueue(**db, m_clock).add(job));
    }
    if (opens) // nothing of the newer program was touched
        QVERIFY(RawSql(path()).value(s("SELECT max(version) FROM lifeguard_migrations")).toInt()
                > SchemaMigrator::ownVersion);
}

QTEST_GUILESS_MAIN(TestSchemaVersions)
#include "tst_schemaversions.moc"
