// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how changes of files that an output depends on are recognised.
#include "core/worker/sourcehashes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestSourceHashes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesAreRecognised_data();
    void changesAreRecognised();
    void fileThatChangesMeanwhileIsNotTrusted();
    void largeFilesAreNotAllRead();

private:
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    /// Sets the time of a file to one before all conversions.
    void setOld(const QString &name)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(QDateTime::fromSecsSinceEpoch(1'000'000'000), QFileDevice::FileModificationTime));
    }

    QTemporaryDir m_folder;
};

void TestSourceHashes::changesAreRecognised_data()
{
    QTest::addColumn<QString>("change");
    for (const char *change : {"content", "removed", "created", "folder"})
        QTest::newRow(change) << s(change);
}

void TestSourceHashes::changesAreRecognised()
{
    QFETCH(QString, change);
    QVERIFY(QDir().mkpath(path(s("folder"))));
    write(path(s("a")), "one");
    setOld(s("a"));
    QFile::remove(path(s("b")));
    const auto hashes = sourceHashes({path(s("a")), path(s("b")), path(s("folder"))}, QDateTime::currentDateTimeUtc());
    QCOMPARE(changedSource(hashes), QString());
    if (change == s("content")) {
        write(path(s("a")), "two"); // same size and time
        setOld(s("a"));
        QCOMPARE(changedSource(hashes), path(s("a")));
    } else if (change == s("removed")) {
        QVERIFY(QFile::remove(path(s("a"))));
        QCOMPARE(changedSource(hashes), path(s("a")));
    } else if (change == s("created")) {
        write(path(s("b")), "");
        QCOMPARE(changedSource(hashes), path(s("b")));
    } else {
        write(path(s("folder/new")), "");
        QCOMPARE(changedSource(hashes), path(s("folder")));
    }
}

void TestSourceHashes::fileThatChangesMeanwhileIsNotTrusted()
{
    write(path(s("a")), "one");
    setOld(s("a"));
    const auto hashes = sourceHashes({path(s("a"))}, QDateTime::fromSecsSinceEpoch(999'999'999));
    QCOMPARE(changedSource(hashes), path(s("a")));
}

/// Of the last files, only size and time count: reading gigabytes would exceed the time limit.
void TestSourceHashes::largeFilesAreNotAllRead()
{
    constexpr qint64 megabyte = 1024 * 1024;
    QStringList paths;
    for (int i = 0; i < 8; ++i) {
        paths.append(path(s("video%1").arg(i)));
        QFile file(paths.last());
        QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(60 * megabyte)); // takes no space
        file.close();
        setOld(QFileInfo(paths.last()).fileName());
    }
    const auto hashes = sourceHashes(paths, QDateTime::currentDateTimeUtc());
    const auto isRead = [&hashes](const QString &path) { return !hashes.value(path).startsWith(s("file:")); };
    QCOMPARE(std::count_if(paths.cbegin(), paths.cend(), isRead), 4);
    QCOMPARE(changedSource(hashes), QString());
    QVERIFY(QFile::resize(paths.last(), 60 * megabyte + 1));
    setOld(s("video7"));
    QCOMPARE(changedSource(hashes), paths.last());
}

QTEST_GUILESS_MAIN(TestSourceHashes)
#include "tst_sourcehashes.moc"
