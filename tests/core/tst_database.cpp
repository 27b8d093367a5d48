// SPDX-License-Identifier: GPL-3.0-or-later
// Tests opening and creating databases: a refused file is left as it was, and read-only access writes nothing.
// Permissions do not restrict root, so the program opens files as another user with the arguments "--open DB MODE", and
// prints "CODE MESSAGE".
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "core/store/schemamigrator.h"
#include "tests/support/asnobody.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

constexpr uid_t nobody = 65534;

/// Opens the file as the user nobody, in another process. Returns "opened, N jobs" or "CODE MESSAGE".
QString openedByNobody(const QString &path, OpenMode mode)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (getuid() == 0)
        environment.insert(QStringLiteral("TMPDIR"), QStringLiteral("/var/tmp"));
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(),
                  {QStringLiteral("--open"), path, QString::number(static_cast<int>(mode))});
    if (!process.waitForFinished(patience))
        return QStringLiteral("no answer");
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

} // namespace

class TestDatabase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = folderForNobody(); }

    void createsAllTables();
    void newFileHasTheColumnsOfVersion11_data();
    void newFileHasTheColumnsOfVersion11();
    void opensItsOwnFile();
    void createsTablesInAnEmptyFile();
    void refusesOtherFiles_data();
    void refusesOtherFiles();
    void respectsPermissions_data();
    void respectsPermissions();
    void opensFilesWithUnusualNames_data();
    void opensFilesWithUnusualNames();
    void readOnlyAccessWritesNothing_data();
    void readOnlyAccessWritesNothing();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(QStringLiteral("q.db")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDatabase::createsAllTables()
{
    const auto db = Database::open(path(), OpenMode::Create);
    QVERIFY(db);
    QVERIFY((*db)->info().created);
    QVERIFY(!(*db)->info().readOnly);
    QCOMPARE((*db)->info().clxVersion, 11);
    QCOMPARE((*db)->info().path, path());
    RawSql raw(path());
    QCOMPARE(raw.value(QStringLiteral("PRAGMA journal_mode")).toString(), QStringLiteral("wal"));
    QCOMPARE(raw.value(QStringLiteral("SELECT max(version) FROM schema_version")).toInt(), 11);
    QCOMPARE(raw.value(QStringLiteral("PRAGMA integrity_check")).toString(), QStringLiteral("ok"));
    for (const QString &table : raw.column(
             QStringLiteral("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))) {
        static const QStringList clx{
            QStringLiteral("jobs"),          QStringLiteral("results_cache"),     QStringLiteral("workers"),
            QStringLiteral("worker_events"), QStringLiteral("worker_heartbeats"), QStringLiteral("schema_version")};
        QVERIFY2(clx.contains(table) || table.startsWith(QStringLiteral("lifeguard_")), qPrintable(table));
    }
    // A claim reads pending jobs only.
    QVERIFY(raw.value(QStringLiteral("SELECT sql FROM sqlite_master WHERE name = 'lifeguard_jobs_claimable_by_mode'"))
                .toString()
                .contains(QStringLiteral("WHERE status = 'pending'")));
}

void TestDatabase::newFileHasTheColumnsOfVersion11_data()
{
    QTest::addColumn<QString>("columns");
    QTest::newRow("jobs") << QStringLiteral(
        "id job_type status priority input_file output_file content_hash payload created_at started_at completed_at "
        "worker_id attempts "
        "max_attempts error correlation_id traceback cancelled_at cancelled_by result execution_mode session_id");
    QTest::newRow("results_cache") << QStringLiteral(
        "id output_file content_hash result_metadata created_at last_accessed access_count");
    QTest::newRow("workers") << QStringLiteral("id worker_type container_id status started_at last_heartbeat cpu_usage "
                                               "memory_usage jobs_processed jobs_failed avg_processing_time "
                                               "execution_mode config session_id managed_by parent_pid");
    QTest::newRow("worker_events") << QStringLiteral(
        "id event_type worker_id worker_type execution_mode message metadata created_at session_id");
    QTest::newRow("worker_heartbeats") << QStringLiteral(
        "worker_id job_id current_cell_index total_cells current_cell_started_at last_output_excerpt last_output_at "
        "heartbeat_at");
    QTest::newRow("schema_version") << QStringLiteral("version applied_at");
}

void TestDatabase::newFileHasTheColumnsOfVersion11()
{
    QFETCH(QString, columns);
    const QString table = QString::fromLatin1(QTest::currentDataTag());
    QVERIFY(Database::open(path(), OpenMode::Create));
    RawSql raw(path());
    QStringList found = raw.column(QStringLiteral("SELECT name FROM pragma_table_info('%1')").arg(table));
    QStringList expected = columns.split(u' ');
    found.sort();
    expected.sort();
    QCOMPARE(found, expected);
}

void TestDatabase::opensItsOwnFile()
{
    qint64 id = 0;
    {
        const auto db = Database::open(path(), OpenMode::Create);
        const SystemClock clock;
        NewJob job;
        job.type = QStringLiteral("noop");
        id = JobQueue(**db, clock).add(job).value();
    }
    for (const OpenMode mode : {OpenMode::Create, OpenMode::ReadWrite, OpenMode::ReadOnly}) {
        const auto db = Database::open(path(), mode);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        QVERIFY(!(*db)->info().created);
        QCOMPARE((*db)->info().clxVersion, 11);
        const SystemClock clock;
        QCOMPARE(JobReader(**db).job(id)->type, QStringLiteral("noop"));
    }
    RawSql raw(path());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM schema_version")).toInt(), 1);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM lifeguard_schema_version")).toInt(), 2);
}

void TestDatabase::createsTablesInAnEmptyFile()
{
    write(path(), QByteArray());
    const auto db = Database::open(path(), OpenMode::Create);
    QVERIFY(db);
    QVERIFY((*db)->hasTable(QStringLiteral("jobs")));
}

void TestDatabase::refusesOtherFiles_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text"); // a part of the message
    QTest::addColumn<QList<int>>("modes");
    const int readOnly = static_cast<int>(OpenMode::ReadOnly);
    const int readWrite = static_cast<int>(OpenMode::ReadWrite);
    const int create = static_cast<int>(OpenMode::Create);
    const QList<int> all{readOnly, readWrite, create};
    const auto row = [](const char *name, ErrorCode code, const char *text, const QList<int> &modes) {
        QTest::newRow(name) << static_cast<int>(code) << QString::fromLatin1(text) << modes;
    };
    row("newer CLX version", ErrorCode::TooNew, "newer", all);
    row("newer lifeguard version", ErrorCode::TooNew, "newer", all); // see also tst_schemaversions.cpp
    row("text file", ErrorCode::Foreign, "not a database", all);
    row("short text file", ErrorCode::Foreign, "not a database", all);
    row("text file of several pages", ErrorCode::Foreign, "not a database", all);
    row("foreign database", ErrorCode::Foreign, "another program", all);
    row("foreign database with a table jobs", ErrorCode::Foreign, "another program", all);
    row("foreign database with other columns", ErrorCode::Foreign, "other columns", all);
    row("truncated file", ErrorCode::Corrupt, "damaged", all);
    row("file truncated to its first page", ErrorCode::Corrupt, "damaged", all);
    row("file with damaged pages", ErrorCode::Corrupt, "damaged", all);
    row("file with a damaged header", ErrorCode::Foreign, "not a database", all);
    row("empty file", ErrorCode::Foreign, "empty", {readOnly, readWrite});
    row("a folder", ErrorCode::Foreign, "folder", all);
    row("missing file", ErrorCode::NotFound, "does not exist", {readOnly, readWrite});
    row("missing folder", ErrorCode::NotFound, "does not exist", all);
}

void TestDatabase::refusesOtherFiles()
{
    QFETCH(int, code);
    QFETCH(QString, text);
    QFETCH(QList<int>, modes);
    const QString row = QString::fromLatin1(QTest::currentDataTag());
    QString file = path();
    const auto is = [&row](const char *name) { return row == QLatin1String(name); };
    if (is("newer CLX version") || is("newer lifeguard version")) {
        createValidDatabase(file);
        RawSql raw(file);
        QVERIFY(
            raw.exec(is("newer CLX version")
                         ? QStringLiteral("INSERT INTO schema_version (version) VALUES (12)")
                         : QStringLiteral("INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (%1, %1)")
                               .arg(SchemaMigrator::ownVersion + 1)));
    } else if (is("text file")) {
        write(file, QByteArray("@startuml\nA -> B\n@enduml\n").repeated(40));
    } else if (is("short text file")) {
        write(file, "hello\n");
    } else if (is("text file of several pages")) {
        write(file, QByteArray("some text\n").repeated(2000));
    } else if (row.startsWith(QStringLiteral("foreign"))) {
        RawSql raw(file);
        raw.script(QStringLiteral("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')"));
        if (is("foreign database with a table jobs"))
            raw.script(QStringLiteral("CREATE TABLE jobs (company TEXT, salary REAL)"));
        if (is("foreign database with other columns"))
            raw.script(
                QStringLiteral("CREATE TABLE jobs (company TEXT, salary REAL); CREATE TABLE workers (name TEXT)"));
    } else if (is("truncated file") || is("file truncated to its first page") || is("file with damaged pages")
               || is("file with a damaged header")) {
        QByteArray content = createValidDatabase(file);
        QVERIFY(content.size() > 20 * 4096);
        if (is("truncated file"))
            content.truncate(content.size() / 2 + 100);
        else if (is("file truncated to its first page"))
            content.truncate(4096);
        else if (is("file with a damaged header"))
            content.replace(0, 100, QByteArray(100, '\xff'));
        else
            content.replace(4096, content.size() - 4096, QByteArray(content.size() - 4096, '\xa5'));
        write(file, content);
    } else if (is("empty file")) {
        write(file, QByteArray());
    } else if (is("a folder")) {
        QVERIFY(QDir().mkpath(file));
    } else if (is("missing folder")) {
        file = m_folder->filePath(QStringLiteral("not/there/q.db"));
    }
    const QByteArray before = contentOf(file);
    const bool existed = QFileInfo::exists(file);
    const QStringList beside = QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    for (const int mode : modes) {
        const auto db = Database::open(file, static_cast<OpenMode>(mode), 200ms);
        QVERIFY2(!db, qPrintable(QStringLiteral("opened in mode %1").arg(mode)));
        QCOMPARE(static_cast<int>(db.error().code), code);
        const QString named = is("missing folder") ? QFileInfo(file).path() : file;
        QVERIFY2(db.error().message.contains(named), qPrintable(db.error().message));
        QVERIFY2(db.error().message.contains(text), qPrintable(db.error().message));
        QCOMPARE(contentOf(file), before);
        QCOMPARE(QFileInfo::exists(file), existed);
        QStringList now = QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
        now.removeIf([](const QString &name) {
            return name.endsWith(QStringLiteral("-shm")) || name.endsWith(QStringLiteral("-wal"));
        });
        QStringList expected = beside;
        expected.removeIf([](const QString &name) {
            return name.endsWith(QStringLiteral("-shm")) || name.endsWith(QStringLiteral("-wal"));
        });
        QCOMPARE(now, expected);
        QVERIFY2(contentOf(file + QStringLiteral("-wal")).isEmpty(), "the write-ahead log must be empty");
    }
}

void TestDatabase::respectsPermissions_data()
{
    QTest::addColumn<int>("fileMode");
    QTest::addColumn<int>("folderMode");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("code"); // -1: the file is opened
    const auto row = [](const char *name, int fileMode, int folderMode, OpenMode mode, int code) {
        QTest::newRow(name) << fileMode << folderMode << static_cast<int>(mode) << code;
    };
    const int denied = static_cast<int>(ErrorCode::PermissionDenied);
    const int readOnly = static_cast<int>(ErrorCode::ReadOnly);
    row("unreadable file, to read", 0600, 0777, OpenMode::ReadOnly, denied);
    row("unreadable file, to write", 0600, 0777, OpenMode::ReadWrite, denied);
    row("unwritable file, to read", 0644, 0777, OpenMode::ReadOnly, -1);
    row("unwritable file, to write", 0644, 0777, OpenMode::ReadWrite, readOnly);
    row("unwritable file, to create", 0644, 0777, OpenMode::Create, readOnly);
    row("unwritable folder, to write", 0666, 0755, OpenMode::ReadWrite, readOnly);
    row("unwritable folder, to read", 0644, 0755, OpenMode::ReadOnly, -1);
    row("unwritable folder, to create a file", 0, 0755, OpenMode::Create, denied);
}

void TestDatabase::respectsPermissions()
{
    QFETCH(int, fileMode);
    QFETCH(int, folderMode);
    QFETCH(int, mode);
    QFETCH(int, code);
    QByteArray before;
    if (fileMode != 0) {
        before = createValidDatabase(path());
        QVERIFY(chmod(QFile::encodeName(path()).constData(), static_cast<mode_t>(fileMode)) == 0);
    }
    QVERIFY(chmod(QFile::encodeName(m_folder->path()).constData(), static_cast<mode_t>(folderMode)) == 0);
    if (getuid() != 0) // this process is the owner, so the owner gets the same permissions
        QVERIFY(
            chmod(QFile::encodeName(m_folder->path()).constData(), static_cast<mode_t>(folderMode & 0007) * 0100 | 0500)
                == 0
            && (fileMode == 0
                || chmod(QFile::encodeName(path()).constData(), static_cast<mode_t>(fileMode & 0007) * 0100) == 0));
    const QString answer = openedByNobody(path(), static_cast<OpenMode>(mode));
    chmod(QFile::encodeName(m_folder->path()).constData(), 0755);
    if (fileMode != 0)
        chmod(QFile::encodeName(path()).constData(), 0644);
    if (code < 0) {
        QCOMPARE(answer, QStringLiteral("opened, 200 jobs"));
    } else {
        QVERIFY2(answer.startsWith(QString::number(code) + u' '), qPrintable(answer));
        QVERIFY2(answer.contains(path()), qPrintable(answer));
    }
    QCOMPARE(contentOf(path()), before);
}

void TestDatabase::opensFilesWithUnusualNames_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"with blank.db", "per%20cent.db", "question?mark.db", "hash#tag.db", "sémi;colon.db",
                             "file:q.db", "no-suffix"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

void TestDatabase::opensFilesWithUnusualNames()
{
    QFETCH(QString, name);
    const QString file = m_folder->filePath(name);
    {
        const auto db = Database::open(file, OpenMode::Create);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
    }
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{name});
    QVERIFY(Database::open(file, OpenMode::ReadOnly));
}

void TestDatabase::readOnlyAccessWritesNothing_data()
{
    QTest::addColumn<bool>("wal");
    QTest::addColumn<bool>("writerOpen");
    QTest::newRow("not open elsewhere") << true << false;
    QTest::newRow("open for writing, with changes only in the write-ahead log") << true << true;
    QTest::newRow("a file of CLX without write-ahead logging") << false << false;
}

void TestDatabase::readOnlyAccessWritesNothing()
{
    QFETCH(bool, wal);
    QFETCH(bool, writerOpen);
    if (wal)
        createValidDatabase(path());
    else
        RawSql(path()).script(clxVersion1());
    const SystemClock clock;
    std::unique_ptr<RawSql> writer;
    if (writerOpen) {
        writer = std::make_unique<RawSql>(path());
        QVERIFY(writer->exec(QStringLiteral("UPDATE jobs SET priority = 1")));
    }
    const QByteArray before = contentOf(path());
    const QByteArray logBefore = contentOf(path() + QStringLiteral("-wal"));
    QCOMPARE(logBefore.isEmpty(), !writerOpen);
    {
        const auto db = Database::open(path(), OpenMode::ReadOnly, 200ms);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        QVERIFY((*db)->info().readOnly);
        JobQueue queue(**db, clock);
        JobReader reader(**db);
        WorkerRegistry registry(**db, clock);
        QVERIFY(reader.list({}));
        QVERIFY(reader.counts());
        QVERIFY(reader.running());
        QVERIFY(registry.list(clock.utcNow()));
        NewJob job;
        job.type = QStringLiteral("noop");
        const auto added = queue.add(job);
        QCOMPARE(added.error().code, ErrorCode::ReadOnly);
        QVERIFY(added.error().message.contains(path()));
        QVERIFY(!registry.registerWorker(QStringLiteral("noop"), QStringLiteral("x"), QStringLiteral("direct")));
        QVERIFY(!registry.beatManager(QStringLiteral("m")));
        QVERIFY(!queue.cancel({1}, QStringLiteral("anna")));
    }
    QCOMPARE(contentOf(path()), before);
    QCOMPARE(contentOf(path() + QStringLiteral("-wal")), logBefore);
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments.at(1) == QStringLiteral("--open")) {
        if (getuid() == 0 && setresuid(nobody, nobody, nobody) != 0)
            return 1;
        const auto db = Database::open(arguments.at(2), static_cast<OpenMode>(arguments.at(3).toInt()), 200ms);
        if (!db) {
            std::printf("%d %s\n", static_cast<int>(db.error().code), qPrintable(db.error().message));
            return 0;
        }
        const SystemClock clock;
        const auto jobs = JobReader(**db).list({});
        std::printf("opened, %d jobs\n", jobs ? static_cast<int>(jobs->size()) : -1);
        return 0;
    }
    TestDatabase test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_database.moc"
