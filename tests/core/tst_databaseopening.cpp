// SPDX-License-Identifier: GPL-3.0-or-later
// Tests a database file that is replaced while it is being opened: the connection and the recorded identity must belong
// to the same file, because jobs would be written to a file without a name otherwise.
#include "tests/interposed/fileopenings.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFileInfo>
#include <QTest>

#include <cstdio>

using namespace lifeguard;
using namespace lifeguard::test;

using Moment = FileOpenings::Moment;

class TestDatabaseOpening : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replacedFileIsNotConfused_data();
    void replacedFileIsNotConfused();
    void deletedFileIsNotCreated_data();
    void deletedFileIsNotCreated();

private:
    /// Opens a database that is replaced at this opening of its file, and adds a job. isLast: the file was not opened
    /// so often.
    static void replaceAt(Moment moment, int number, bool &isLast);
};

void TestDatabaseOpening::replacedFileIsNotConfused_data()
{
    QTest::addColumn<Moment>("moment");
    QTest::newRow("before it is opened") << Moment::Before;
    QTest::newRow("after it was opened") << Moment::After;
}

void TestDatabaseOpening::replaceAt(Moment moment, int number, bool &isLast)
{
    const QTemporaryDir folder;
    const QString path = QFileInfo(folder.path()).canonicalFilePath() + s("/q.db");
    const QString next = path + s(".next");
    createValidDatabase(path); // with 200 jobs
    createValidDatabase(next);
    QVERIFY(RawSql(next).exec(s("DELETE FROM jobs")));

    Result<std::unique_ptr<Database>> opened;
    {
        const FileOpenings openings(path, [&](Moment now, int count) {
            if (now == moment && count == number)
                std::rename(QFile::encodeName(next).constData(), QFile::encodeName(path).constData());
        });
        opened = Database::open(path, OpenMode::ReadWrite);
        isLast = FileOpenings::count() < number;
    }
    const ManualClock clock;
    NewJob job;
    job.type = s("noop");
    const bool isAdded = opened && JobQueue(**opened, clock).add(job);
    opened = Result<std::unique_ptr<Database>>();
    // A database that was replaced may be refused, but no job may be lost.
    const int before = QFile::exists(next) ? 200 : 0;
    RawSql raw(path);
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs")).toInt(), before + (isAdded ? 1 : 0));
    QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok"));
}

void TestDatabaseOpening::replacedFileIsNotConfused()
{
    QFETCH(Moment, moment);
    bool isLast = false;
    int number = 0;
    while (!isLast && !QTest::currentTestFailed())
        replaceAt(moment, ++number, isLast);
    QVERIFY2(QTest::currentTestFailed() || number >= 3, "SQLite does not open the file with the replaced function");
}

void TestDatabaseOpening::deletedFileIsNotCreated_data()
{
    replacedFileIsNotConfused_data();
}

/// Only OpenMode::Create creates a file: a program with the deleted file would take another one for its own, and the
/// user could not put the file back.
void TestDatabaseOpening::deletedFileIsNotCreated()
{
    QFETCH(Moment, moment);
    bool isLast = false;
    for (int number = 1; !isLast; ++number) {
        const QTemporaryDir folder;
        const QString path = QFileInfo(folder.path()).canonicalFilePath() + s("/a #%41?.db"); // not a URI
        createValidDatabase(path);
        const FileOpenings openings(path, [&](Moment now, int count) {
            if (now == moment && count == number)
                std::rename(QFile::encodeName(path).constData(), QFile::encodeName(path + s(".moved")).constData());
        });
        const Result<std::unique_ptr<Database>> opened = Database::open(path, OpenMode::ReadWrite);
        isLast = FileOpenings::count() < number;
        QCOMPARE(opened.has_value(), isLast);
        QVERIFY2(isLast || opened.error().message.contains(path), "the message does not name the file");
        QCOMPARE(QFile::exists(path), isLast);
        QCOMPARE(QFile::exists(path + s(".moved")), !isLast);
        QVERIFY(number > 1 || !isLast);
    }
}

QTEST_GUILESS_MAIN(TestDatabaseOpening)
#include "tst_databaseopening.moc"
