// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the modes of the files that Lifeguard creates, and the names of databases: links and hard links.
#include "core/base/privatefile.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDirIterator>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

mode_t modeOf(const QString &path)
{
    struct stat info = {};
    return stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777 : 0;
}

void setMode(const QString &path, mode_t mode)
{
    QVERIFY(chmod(QFile::encodeName(path).constData(), mode) == 0);
}

} // namespace

class TestFileAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { umask(022); }
    void newFilesArePrivate_data();
    void newFilesArePrivate();
    void existingFilesAreReported_data();
    void existingFilesAreReported();
    void filesOfARunArePrivate();
    void linksAreResolved();
    void hardLinksAreReported();
    void warningsReachTheTerminal();

private:
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestFileAccess::newFilesArePrivate_data()
{
    QTest::addColumn<int>("mask");
    QTest::addColumn<int>("folderMode");
    QTest::addColumn<int>("mode");
    QTest::newRow("usual") << 022 << 0755 << 0600;
    QTest::newRow("umask 0") << 0 << 0777 << 0600;
    QTest::newRow("umask 077") << 077 << 0700 << 0600;
    QTest::newRow("shared folder") << 022 << 02770 << 0660;
    QTest::newRow("shared folder, umask 077") << 077 << 02775 << 0660;
}

void TestFileAccess::newFilesArePrivate()
{
    QFETCH(int, mask);
    QFETCH(int, folderMode);
    QFETCH(int, mode);
    setMode(m_folder->path(), mode_t(folderMode));
    umask(mode_t(mask));
    const auto db = Database::open(path("q.db"), OpenMode::Create);
    QVERIFY(db);
    QVERIFY((*db)->info().created);
    for (const char *name : {"q.db", "q.db-wal", "q.db-shm"})
        QCOMPARE(int(modeOf(path(name))), mode);
    QVERIFY2((*db)->info().notice.isEmpty(), qPrintable((*db)->info().notice));
}

void TestFileAccess::existingFilesAreReported_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("folderMode");
    QTest::addColumn<bool>("isReported");
    QTest::newRow("world-readable") << 0644 << 0755 << true;
    QTest::newRow("world-readable in a private folder") << 0644 << 0700 << false;
    QTest::newRow("for the group") << 0660 << 0755 << false;
    QTest::newRow("private") << 0600 << 0755 << false;
}

void TestFileAccess::existingFilesAreReported()
{
    QFETCH(int, mode);
    QFETCH(int, folderMode);
    QFETCH(bool, isReported);
    setMode(m_folder->path(), mode_t(folderMode));
    createValidDatabase(path("q.db"));
    setMode(path("q.db"), mode_t(mode));
    const bool isFolderOpen = (modeOf(QDir::tempPath()) & 0001) != 0;
    const auto db = Database::open(path("q.db"), OpenMode::ReadWrite);
    QVERIFY(db);
    QCOMPARE(int(modeOf(path("q.db"))), mode);
    QCOMPARE((*db)->info().notice.contains(s("can be read by all users")), isReported && isFolderOpen);
}

void TestFileAccess::filesOfARunArePrivate()
{
    umask(0);
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(3));
    QCOMPARE(ctl.call({s("run"), s("--pool"), s("noop=2"), s("--until-idle")}).code, 0);
    QStringList files{ctl.database()};
    QDirIterator found(ctl.filePath(s("state")), QDir::Files, QDirIterator::Subdirectories);
    while (found.hasNext())
        files.append(found.next());
    QVERIFY(files.size() >= 3); // with the logs of both workers
    for (const QString &file : std::as_const(files))
        QVERIFY2(modeOf(file) == 0600, qPrintable(file));
}

void TestFileAccess::linksAreResolved()
{
    QVERIFY(QDir(m_folder->path()).mkdir(s("real")));
    const QString real = QFileInfo(m_folder->path()).canonicalFilePath() + s("/real/q.db");
    QVERIFY(QFile::link(real, path("link.db"))); // dangling
    QVERIFY(QFile::link(path("real"), path("folder")));
    {
        const auto created = Database::open(path("link.db"), OpenMode::Create);
        QVERIFY2(created, created ? "" : qPrintable(created.error().message));
        QCOMPARE((*created)->info().path, real);
        QVERIFY((*created)->info().created);
    }
    for (const char *name : {"link.db", "folder/q.db", "real/../real/q.db"}) {
        const auto db = Database::open(path(name), OpenMode::ReadWrite);
        QVERIFY(db);
        QCOMPARE((*db)->info().path, real);
        QVERIFY(!(*db)->info().created);
        QVERIFY((*db)->info().notice.isEmpty());
    }
}

void TestFileAccess::hardLinksAreReported()
{
    createValidDatabase(path("q.db"));
    QCOMPARE(::link(QFile::encodeName(path("q.db")).constData(), QFile::encodeName(path("other.db")).constData()), 0);
    for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite}) {
        const auto db = Database::open(path("q.db"), mode);
        QVERIFY(db);
        QVERIFY2((*db)->info().notice.contains(s("2 names")), qPrintable((*db)->info().notice));
    }
    QVERIFY(QFile::remove(path("other.db")));
    QVERIFY((*Database::open(path("q.db"), OpenMode::ReadWrite))->info().notice.isEmpty());
}

void TestFileAccess::warningsReachTheTerminal()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(1));
    setMode(ctl.folder(), 0755);
    setMode(ctl.database(), 0644);
    const QString other = ctl.filePath(s("other.db"));
    QCOMPARE(::link(QFile::encodeName(ctl.database()).constData(), QFile::encodeName(other).constData()), 0);
    const bool isFolderOpen = (modeOf(QDir::tempPath()) & 0001) != 0;
    for (const QStringList &arguments : {QStringList{s("jobs"), s("--json")}, QStringList{s("cancel"), s("1")},
                                         QStringList{s("run"), s("--pool"), s("noop=1"), s("--until-idle")}}) {
        const Outcome outcome = ctl.call(arguments);
        QCOMPARE(outcome.code, 0);
        QCOMPARE(outcome.all().count("jobs.db has a hard link: the same file has 2 names."), 1);
        QCOMPARE(outcome.all().count("jobs.db can be read by all users"), isFolderOpen ? 1 : 0);
        QVERIFY2(outcome.err.contains("2 names"), outcome.all().constData()); // not in the JSON
    }
}

QTEST_GUILESS_MAIN(TestFileAccess)
#include "tst_fileaccess.moc"
