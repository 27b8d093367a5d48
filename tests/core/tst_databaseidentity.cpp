// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that a database file which is deleted, moved, replaced or restored while it is open is recognised, and that
// nothing is written to it any more.
#include "core/store/backgroundcheckpoint.h"
#include "core/store/databaseidentity.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <functional>
#include <optional>
#include <thread>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int payloadSize = 40 * 1024;

using State = FileIdentity::State;

const FileIdentity fileA{State::Known, 1, 10};
const FileIdentity fileB{State::Known, 1, 11};
const FileIdentity otherDevice{State::Known, 2, 10};
const FileIdentity missing{State::Missing, 0, 0};
const FileIdentity unknown{State::Unknown, 0, 0};

void replace(const QString &path, const QString &by)
{
    QVERIFY(QFile::remove(path));
    QVERIFY(QFile::rename(by, path));
}

} // namespace

class TestDatabaseIdentity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comparesFiles_data();
    void comparesFiles();
    void comparesRows_data();
    void comparesRows();
    void changedFileIsNotWritten_data();
    void changedFileIsNotWritten();
    void newFileDoesNotMeetTheOldLog_data();
    void newFileDoesNotMeetTheOldLog();
    void newFileIsNotOpenedWithTheLogOfThePreviousFile_data();
    void newFileIsNotOpenedWithTheLogOfThePreviousFile();
    void newFileIsNotOpenedIfItReplacesAnotherMeanwhile();
    void backgroundCheckpointLeavesTheNewFileAlone();
    void programThatLostItsLocksIsNoUserOfThePreviousFile();
    void changeIsFinal();
    void restoreThroughSqliteIsRecognised();
    void singleStatementDoesNotWriteToARestoredFile_data();
    void singleStatementDoesNotWriteToARestoredFile();
    void ordinaryUseChangesNothing();
    void eachFileHasItsOwnUuid();
};

void TestDatabaseIdentity::comparesFiles_data()
{
    QTest::addColumn<FileIdentity>("openedFile");
    QTest::addColumn<FileIdentity>("file");
    QTest::addColumn<FileIdentity>("openedLog");
    QTest::addColumn<FileIdentity>("log");
    QTest::addColumn<DatabaseChange>("change");
    QTest::newRow("same") << fileA << fileA << fileB << fileB << DatabaseChange::None;
    QTest::newRow("deleted") << fileA << missing << fileB << fileB << DatabaseChange::Missing;
    QTest::newRow("deleted with its log") << fileA << missing << fileB << missing << DatabaseChange::Missing;
    QTest::newRow("other inode") << fileA << fileB << missing << missing << DatabaseChange::Replaced;
    QTest::newRow("other device") << fileA << otherDevice << missing << missing << DatabaseChange::Replaced;
    QTest::newRow("log deleted") << fileA << fileA << fileB << missing << DatabaseChange::LogReplaced;
    QTest::newRow("log replaced") << fileA << fileA << fileB << otherDevice << DatabaseChange::LogReplaced;
    QTest::newRow("log created later") << fileA << fileA << missing << fileB << DatabaseChange::None;
    QTest::newRow("file unknown") << fileA << unknown << fileB << fileB << DatabaseChange::None;
    QTest::newRow("log unknown") << fileA << fileA << fileB << unknown << DatabaseChange::None;
}

void TestDatabaseIdentity::comparesFiles()
{
    QFETCH(FileIdentity, openedFile);
    QFETCH(FileIdentity, file);
    QFETCH(FileIdentity, openedLog);
    QFETCH(FileIdentity, log);
    QTEST(DatabaseIdentity::compare(openedFile, file, openedLog, log), "change");
}

void TestDatabaseIdentity::comparesRows_data()
{
    QTest::addColumn<QString>("uuid");
    QTest::addColumn<int>("generation");
    QTest::addColumn<bool>("isSame");
    QTest::newRow("same") << s("a") << 5 << true;
    QTest::newRow("later") << s("a") << 6 << true;
    QTest::newRow("earlier") << s("a") << 4 << false;
    QTest::newRow("other database") << s("b") << 5 << false;
    QTest::newRow("database without a row") << QString() << 0 << false;
}

void TestDatabaseIdentity::comparesRows()
{
    QFETCH(QString, uuid);
    QFETCH(int, generation);
    DatabaseIdentity identity;
    QVERIFY(identity.checkRow(s("a"), 5));
    QTEST(identity.checkRow(uuid, generation).has_value(), "isSame");
    QCOMPARE(identity.checkRow(s("a"), 7).has_value(), identity.hasChanged() == false);
}

void TestDatabaseIdentity::changedFileIsNotWritten_data()
{
    using Change = std::function<void(const QString &)>;
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("message");
    QTest::newRow("deleted") << Change([](const QString &path) { QVERIFY(QFile::remove(path)); })
                             << s("deleted or moved");
    QTest::newRow("moved") << Change([](const QString &path) { QVERIFY(QFile::rename(path, path + s(".old"))); })
                           << s("deleted or moved");
    QTest::newRow("replaced by a backup")
        << Change([](const QString &path) { replace(path, path + s(".backup")); }) << s("replaced by another file");
    QTest::newRow("log deleted") << Change([](const QString &path) { QVERIFY(QFile::remove(path + s("-wal"))); })
                                 << s("-wal was deleted");
}

void TestDatabaseIdentity::changedFileIsNotWritten()
{
    using Change = std::function<void(const QString &)>;
    QFETCH(Change, change);
    QFETCH(QString, message);
    QueueTest test;
    NewJob job;
    job.type = s("noop");
    job.payload = QByteArray("\"") + QByteArray(payloadSize, 'x') + '"';
    QVERIFY(test.queue->addMany(QList<NewJob>(100, job)));
    const qint64 worker = test.worker();
    QVERIFY(RawSql(test.path()).exec(s("VACUUM INTO '%1.backup'").arg(test.path())));
    QFile file(test.path()); // the files that are open, also after they have lost their names
    QFile log(test.path() + s("-wal"));
    QVERIFY(file.open(QIODevice::ReadOnly) && log.open(QIODevice::ReadOnly));
    QStringList reported;
    test.db->setOnReplaced([&reported](const Error &error) { reported.append(error.message); });
    change(test.path());

    const QByteArray content = file.readAll();
    const QByteArray logContent = log.readAll();
    const auto claimed = test.queue->claim(worker, s("noop"), 10);
    QVERIFY(!claimed);
    QVERIFY2(claimed.error().message.contains(message), qPrintable(claimed.error().message));
    QVERIFY(!isTransient(claimed.error()));
    QVERIFY(!test.queue->addMany({job}));
    QVERIFY(!test.registry->beat(worker));
    bool isExecuted = false;
    QVERIFY(!test.db->transaction([&isExecuted]() -> Status {
        isExecuted = true;
        return {};
    }));
    QVERIFY(!isExecuted);
    QVERIFY(test.db->isReplaced());
    QCOMPARE(reported.size(), 1);
    QVERIFY(file.seek(0) && file.readAll() == content);
    QVERIFY(log.seek(0) && log.readAll() == logContent);
    if (message.contains(s("-wal")))
        return; // SQLite completes the committed transactions of a deleted log when it closes the unchanged database
    test.db.reset();
    QVERIFY(file.seek(0) && file.readAll() == content);
    QVERIFY(log.seek(0) && log.readAll() == logContent);
}

void TestDatabaseIdentity::newFileDoesNotMeetTheOldLog_data()
{
    QTest::addColumn<bool>("isNoticedInBetween");
    QTest::newRow("replaced") << false;
    QTest::newRow("deleted, and restored later") << true;
}

void TestDatabaseIdentity::newFileDoesNotMeetTheOldLog()
{
    QFETCH(bool, isNoticedInBetween);
    QueueTest test;
    QVERIFY(RawSql(test.path()).exec(s("VACUUM INTO '%1.backup'").arg(test.path())));
    NewJob job;
    job.type = s("noop");
    job.payload = QByteArray("\"") + QByteArray(payloadSize, 'x') + '"';
    QVERIFY(test.queue->addMany(QList<NewJob>(50, job))); // only in the log
    const auto other = Database::open(test.path(), OpenMode::ReadWrite); // another program
    QVERIFY(other);
    QVERIFY(QFile::remove(test.path()));
    if (isNoticedInBetween)
        QVERIFY(!test.db->checkFiles());
    QVERIFY(QFile::rename(test.path() + s(".backup"), test.path()));
    const Status same = test.db->checkFiles();
    QVERIFY(!same);
    QVERIFY(!QFile::exists(test.path() + s("-wal")));

    // The new file is used while the programs that opened the previous one are still running.
    const auto restored = Database::open(test.path(), OpenMode::ReadWrite);
    QVERIFY2(restored, restored ? "" : qPrintable(restored.error().message));
    QVERIFY(JobQueue(**restored, test.clock).add(job));
    QVERIFY(!(*other)->checkFiles());
    QVERIFY((*restored)->checkIdentity()); // its log was not renamed
    RawSql raw(test.path());
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs")).toInt(), 1);
    QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok"));
    // Nothing of the previous database is lost.
    const QString log = QDir(test.folder.path()).entryList({s("q.db-wal.*")}, QDir::Files, QDir::Name).value(0);
    QVERIFY(same.error().message.contains(log));
    QVERIFY(QFileInfo(test.folder.filePath(log)).size() > 50 * payloadSize);
}

void TestDatabaseIdentity::newFileIsNotOpenedWithTheLogOfThePreviousFile_data()
{
    QTest::addColumn<bool>("isReplaced");
    QTest::addColumn<OpenMode>("mode");
    QTest::newRow("replaced, opened for writing") << true << OpenMode::ReadWrite;
    QTest::newRow("replaced, opened for reading") << true << OpenMode::ReadOnly;
    QTest::newRow("deleted, created again") << false << OpenMode::Create;
}

/// A foreign program has the previous file open and cannot notice the replacement. Opening the new file in between
/// would apply the log to it.
void TestDatabaseIdentity::newFileIsNotOpenedWithTheLogOfThePreviousFile()
{
    QFETCH(bool, isReplaced);
    QFETCH(OpenMode, mode);
    QueueTest t;
    const QString backup = t.path() + s(".backup");
    QVERIFY(RawSql(t.path()).exec(s("VACUUM INTO '%1'").arg(backup)));
    t.db.reset();
    QProcess python;
    python.start(s("python3"), {s("-c"),
                                s("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
                                  "db.execute(\"INSERT INTO jobs (job_type, status, input_file, output_file, "
                                  "content_hash, payload) VALUES ('late', 'pending', '', '', '', '{}')\"); "
                                  "print('open', flush=True); sys.stdin.read()"),
                                t.path()});
    QVERIFY(python.waitForReadyRead(patience));
    QVERIFY(QFileInfo(t.path() + s("-wal")).size() > 0);
    if (isReplaced)
        replace(t.path(), backup);
    else
        QVERIFY(QFile::remove(t.path()));
    const QByteArray content = isReplaced ? contentOf(t.path()) : QByteArray();

    const auto refused = Database::open(t.path(), mode, std::chrono::milliseconds(50));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Busy);
    QVERIFY2(refused.error().message.contains(s("python3 (process %1)").arg(python.processId())),
             qPrintable(refused.error().message));
    QCOMPARE(isReplaced ? contentOf(t.path()) : QByteArray(), content);

    python.kill();
    QVERIFY(python.waitForFinished(patience));
}

/// The replacement happens after the look for users of the log, while the open program blocks all readers.
void TestDatabaseIdentity::newFileIsNotOpenedIfItReplacesAnotherMeanwhile()
{
    QueueTest t;
    const QString backup = t.path() + s(".backup");
    QVERIFY(RawSql(t.path()).exec(s("VACUUM INTO '%1'").arg(backup)));
    t.db.reset();
    QProcess python;
    python.start(s("python3"), {s("-c"),
                                s("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
                                  "db.execute('SELECT count(*) FROM jobs').fetchone(); "
                                  "db.execute('PRAGMA locking_mode = EXCLUSIVE'); "
                                  "db.execute('DELETE FROM lifeguard_managers'); "
                                  "db.execute(\"INSERT INTO jobs (job_type, status, input_file, output_file, "
                                  "content_hash, payload) VALUES ('late', 'pending', '', '', '', '{}')\"); "
                                  "print('open', flush=True); sys.stdin.read()"),
                                t.path()});
    QVERIFY(python.waitForReadyRead(patience));
    std::optional<Result<std::unique_ptr<Database>>> opened;
    std::thread program(
        [&] { opened = Database::open(t.path(), OpenMode::ReadWrite, std::chrono::milliseconds(2000)); });
    QTest::qSleep(300); // if the program is not waiting yet, the test shows nothing
    replace(t.path(), backup);
    const QByteArray content = contentOf(t.path());
    program.join();
    QVERIFY(!*opened);
    QVERIFY2(opened->error().code == ErrorCode::Busy, qPrintable(opened->error().message));
    QVERIFY2(opened->error().message.contains(s("was deleted or replaced")), qPrintable(opened->error().message));
    QCOMPARE(contentOf(t.path()), content);
    python.kill();
    QVERIFY(python.waitForFinished(patience));
}

void TestDatabaseIdentity::backgroundCheckpointLeavesTheNewFileAlone()
{
    QueueTest t;
    QVERIFY(RawSql(t.path()).exec(s("VACUUM INTO '%1.backup'").arg(t.path())));
    NewJob job;
    job.type = s("noop");
    job.payload = QByteArray(payloadSize, 'x');
    QVERIFY(t.queue->addMany(QList<NewJob>(50, job))); // only in the log
    const QByteArray log = contentOf(t.path() + s("-wal"));
    const FileIdentity file = FileIdentity::of(t.path());
    const auto isUnchanged = [&] { return FileIdentity::of(t.path()) == file; };
    replace(t.path(), t.path() + s(".backup"));
    const QByteArray content = contentOf(t.path());
    {
        BackgroundCheckpoint late(t.path(), isUnchanged);
        late.start();
    }
    QCOMPARE(contentOf(t.path()), content);
    QCOMPARE(contentOf(t.path() + s("-wal")), log);
}

/// Reading the file through another descriptor releases all locks that the program has on it.
void TestDatabaseIdentity::programThatLostItsLocksIsNoUserOfThePreviousFile()
{
    QueueTest t;
    QProcess python;
    python.start(s("python3"),
                 {s("-c"),
                  s("import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
                    "db.execute('SELECT count(*) FROM jobs').fetchone(); open(sys.argv[1], 'rb').close(); "
                    "print('open', flush=True); sys.stdin.read()"),
                  t.path()});
    QVERIFY(python.waitForReadyRead(patience));
    t.db.reset();
    QVERIFY(Database::open(t.path(), OpenMode::ReadWrite, std::chrono::milliseconds(50)));
    python.closeWriteChannel();
    QVERIFY(python.waitForFinished(patience));
}

void TestDatabaseIdentity::changeIsFinal()
{
    QueueTest test;
    QVERIFY(QFile::rename(test.path(), test.path() + s(".old")));
    QVERIFY(!test.db->checkFiles());
    QVERIFY(QFile::rename(test.path() + s(".old"), test.path()));
    QVERIFY(!test.db->checkFiles());
    QVERIFY(!test.db->change("database_advance"));
}

void TestDatabaseIdentity::restoreThroughSqliteIsRecognised()
{
    QueueTest test;
    QVERIFY(test.registry->registerManager(s("m"), s("manager")));
    QVERIFY(test.registry->beatManager(s("m")));
    QVERIFY(test.db->checkIdentity());
    const QVariant earlier = RawSql(test.path()).value(s("SELECT generation FROM lifeguard_database"));
    QVERIFY(test.registry->beatManager(s("m")));
    QVERIFY(test.db->checkIdentity());
    // What `sqlite3 FILE .restore` does to the row, in the same file.
    QVERIFY(RawSql(test.path()).exec(s("UPDATE lifeguard_database SET generation = ?"), {earlier}));
    bool isExecuted = false;
    const Status done = test.db->transaction([&isExecuted]() -> Status {
        isExecuted = true;
        return {};
    });
    QVERIFY(!done && !isExecuted);
    QVERIFY2(done.error().message.contains(s("content of")), qPrintable(done.error().message));
    QVERIFY(test.db->isReplaced());
}

void TestDatabaseIdentity::singleStatementDoesNotWriteToARestoredFile_data()
{
    using Write = std::function<Status(QueueTest &, qint64 worker)>;
    QTest::addColumn<Write>("write");
    QTest::newRow("a worker leaves") << Write([](QueueTest &t, qint64 worker) { return t.registry->setDead(worker); });
    QTest::newRow("a worker leaves CLM") << Write(
        [](QueueTest &t, qint64 worker) { return t.registry->removeWorker(worker); });
    QTest::newRow("a worker becomes idle")
        << Write([](QueueTest &t, qint64 worker) { return t.registry->setIdle(worker); });
    QTest::newRow("a worker beats") << Write([](QueueTest &t, qint64 worker) { return t.registry->beat(worker); });
    QTest::newRow("a manager beats") << Write([](QueueTest &t, qint64) -> Status {
        const auto beaten = t.registry->beatManager(s("m"));
        return beaten ? Status() : failure(beaten.error());
    });
    QTest::newRow("a manager leaves") << Write([](QueueTest &t, qint64) { return t.registry->removeManager(s("m")); });
}

/// A worker that was stopped by its manager, which recognised the restore first, recorded its end in the restored file.
void TestDatabaseIdentity::singleStatementDoesNotWriteToARestoredFile()
{
    QFETCH(std::function<Status(QueueTest &, qint64)>, write);
    QueueTest test;
    QVERIFY(test.registry->registerManager(s("m"), s("manager")));
    const qint64 worker = test.worker(s("direct-noop-0-aaaaaaaa"));
    RawSql raw(test.path());
    const QVariant earlier = raw.value(s("SELECT generation FROM lifeguard_database"));
    QVERIFY(test.registry->beatManager(s("m")));
    QVERIFY(test.db->checkIdentity());
    QVERIFY(raw.exec(s("UPDATE lifeguard_database SET generation = ?"), {earlier})); // as in the test above
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'busy', last_heartbeat = 'then'")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_managers SET heartbeat_at = 'then'")));
    const Status written = write(test, worker);
    QVERIFY(!written);
    QVERIFY2(written.error().message.contains(s("content of")), qPrintable(written.error().message));
    QCOMPARE(raw.value(s("SELECT status || last_heartbeat FROM workers")).toString(), s("busythen"));
    QCOMPARE(raw.value(s("SELECT heartbeat_at FROM lifeguard_managers")).toString(), s("then"));
    QCOMPARE(raw.value(s("SELECT generation FROM lifeguard_database")), earlier);
}

void TestDatabaseIdentity::ordinaryUseChangesNothing()
{
    QueueTest test;
    NewJob job;
    job.type = s("noop");
    for (int i = 0; i < 50; ++i) {
        const auto other = Database::open(test.path(), OpenMode::ReadWrite);
        QVERIFY(other);
        QVERIFY(JobQueue(**other, test.clock).addMany(QList<NewJob>(20, job)));
        QVERIFY(RawSql(test.path()).exec(i % 2 ? s("PRAGMA wal_checkpoint(TRUNCATE)") : s("VACUUM")));
        QVERIFY(test.registry->registerManager(QString::number(i), s("manager")));
        QVERIFY(test.registry->beatManager(QString::number(i)));
        QVERIFY(test.db->checkIdentity());
    }
    QVERIFY(!test.db->isReplaced());
}

void TestDatabaseIdentity::eachFileHasItsOwnUuid()
{
    const QString query = s("SELECT uuid FROM lifeguard_database");
    QueueTest one;
    QueueTest other;
    const QString uuid = RawSql(one.path()).value(query).toString();
    QCOMPARE(uuid.size(), 32);
    QVERIFY(RawSql(other.path()).value(query).toString() != uuid);
    QVERIFY(Database::open(one.path(), OpenMode::ReadWrite));
    QCOMPARE(RawSql(one.path()).value(query).toString(), uuid);
}

QTEST_GUILESS_MAIN(TestDatabaseIdentity)
#include "tst_databaseidentity.moc"
