// SPDX-License-Identifier: GPL-3.0-or-later
// The memory-mapped file into which workers beat.
#include "core/base/beatfile.h"

#include <QDateTime>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;

class TestBeatFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void newFileIsEmpty();
    void slotsAreIndependent();
    void writeKeepsTheCounter();
    void remainsReadableAfterTheWriterWasKilled();
    void readsAreNeverTorn();
    void ignoresSlotsThatDoNotExist();
    void refusesOtherFiles_data();
    void refusesOtherFiles();
    void replacedFileRemainsMapped();
    void leftoversAreRemoved();

private:
    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("beats")); }
    QTemporaryDir m_folder;
};

/// Managers that are killed while they wait for the database leave files to which no row refers.
void TestBeatFile::leftoversAreRemoved()
{
    QTemporaryDir folder;
    const auto pathOf = [&folder](const char *name) { return folder.filePath(QString::fromUtf8(name)); };
    const auto age = [&](const char *name, int seconds) {
        QFile file(pathOf(name));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(-seconds), QFile::FileModificationTime));
    };
    QVERIFY(BeatFile::create(pathOf("new.beats"), 3));
    QVERIFY(BeatFile::create(pathOf("leftover.beats"), 3));
    QVERIFY(BeatFile::create(pathOf("other.file"), 3));
    const auto living = BeatFile::create(pathOf("living.beats"), 3);
    QVERIFY(BeatFile::create(pathOf("orphan.beats"), 3));
    const auto orphan = BeatFile::open(pathOf("orphan.beats"), true);
    Beat beat;
    beat.workerId = 7;
    for (const char *name : {"used.beats", "ancient.beats"}) { // their workers are dead; rows may refer to the slots
        const auto file = BeatFile::create(pathOf(name), 3);
        (*file)->write(1, beat);
    }
    for (const char *name : {"leftover.beats", "other.file", "living.beats", "orphan.beats", "used.beats"})
        age(name, 3600);
    age("ancient.beats", BeatFile::leftoverDays * 24 * 3600 + 1);
    BeatFile::removeLeftovers(folder.path());
    const QStringList left = QDir(folder.path()).entryList(QDir::Files, QDir::Name);
    QCOMPARE(left.join(QLatin1Char(' ')), QStringLiteral("living.beats new.beats orphan.beats other.file used.beats"));
}

void TestBeatFile::newFileIsEmpty()
{
    const auto file = BeatFile::create(path(), 3);
    QVERIFY(file);
    QCOMPARE((*file)->slotCount(), 3);
    for (int slot = 0; slot < 3; ++slot)
        QVERIFY((*file)->read(slot) == Beat());
    struct stat status = {};
    QCOMPARE(stat(QFile::encodeName(path()).constData(), &status), 0);
    QCOMPARE(status.st_mode & 0777, mode_t(0600));
    QCOMPARE(BeatFile::create(path(), 0).error().code, ErrorCode::InvalidArgument);
}

void TestBeatFile::slotsAreIndependent()
{
    const auto manager = BeatFile::create(path(), 3);
    const auto worker = BeatFile::open(path(), true);
    QVERIFY(manager && worker);
    Beat beat;
    beat.phase = WorkerPhase::Working;
    beat.workerId = 1LL << 40;
    beat.jobId = 812;
    beat.attempt = 2;
    beat.jobStartedAt = milliseconds(123456789);
    beat.jobLimit = seconds(86400);
    (*worker)->write(1, beat);
    QVERIFY((*manager)->read(1) == beat);
    QVERIFY((*manager)->read(0) == Beat());
    QVERIFY((*manager)->read(2) == Beat());
    (*worker)->beat(1);
    beat.counter = 1;
    QVERIFY((*manager)->read(1) == beat);
    (*manager)->clear(1);
    QVERIFY((*manager)->read(1) == Beat());
}

void TestBeatFile::writeKeepsTheCounter()
{
    const auto file = BeatFile::create(path(), 1);
    Beat beat;
    beat.counter = 77; // ignored by write()
    for (quint64 i = 1; i <= 5; ++i) {
        (*file)->beat(0);
        (*file)->write(0, beat);
        QCOMPARE((*file)->read(0).counter, i);
    }
}

void TestBeatFile::remainsReadableAfterTheWriterWasKilled()
{
    const auto manager = BeatFile::create(path(), 1);
    const pid_t child = fork();
    if (child == 0) {
        const auto worker = BeatFile::open(path(), true);
        Beat beat;
        beat.jobId = 812;
        (*worker)->write(0, beat);
        (*worker)->beat(0);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    QCOMPARE(waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    QCOMPARE((*manager)->read(0).jobId, 812);
    QCOMPARE((*manager)->read(0).counter, 1u);
}

void TestBeatFile::readsAreNeverTorn()
{
    const auto manager = BeatFile::create(path(), 1);
    const auto worker = BeatFile::open(path(), true);
    std::atomic<bool> stop = false;
    std::atomic<int> written = 0;
    std::thread writer([&] {
        for (qint64 i = 1; !stop; ++i) {
            Beat beat;
            beat.workerId = beat.jobId = i;
            beat.attempt = static_cast<int>(i);
            beat.jobStartedAt = milliseconds(i);
            (*worker)->write(0, beat);
            ++written;
            if (i % 64 == 0)
                std::this_thread::yield(); // a real worker writes rarely; without a pause, reads would rarely succeed
        }
    });
    int torn = 0;
    for (int i = 0; i < 20000; ++i) {
        const Beat beat = (*manager)->read(0);
        torn += beat.workerId != beat.jobId || beat.jobStartedAt.count() != beat.jobId
             || beat.attempt != static_cast<int>(beat.jobId);
    }
    while (written < 1000)
        std::this_thread::yield();
    stop = true;
    writer.join();
    QCOMPARE(torn, 0);
}

void TestBeatFile::ignoresSlotsThatDoNotExist()
{
    const auto file = BeatFile::create(path(), 1);
    (*file)->write(0, {1, WorkerPhase::Idle, 1, 1, 1, milliseconds(1)});
    for (const int slot : {-1, 1, 1000}) {
        (*file)->write(slot, {});
        (*file)->beat(slot);
        (*file)->clear(slot);
        QVERIFY((*file)->read(slot) == Beat());
    }
    QCOMPARE((*file)->read(0).jobId, 1);
}

void TestBeatFile::refusesOtherFiles_data()
{
    QTest::addColumn<QByteArray>("content"); // null: no file
    QTest::addColumn<int>("code");
    const QByteArray good = [this] {
        const auto made = BeatFile::create(path(), 2);
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    QTest::newRow("missing") << QByteArray() << static_cast<int>(ErrorCode::NotFound);
    QTest::newRow("empty") << QByteArray("") << static_cast<int>(ErrorCode::Corrupt);
    QTest::newRow("file of another program")
        << QByteArray("#!/bin/sh\n").repeated(100) << static_cast<int>(ErrorCode::Corrupt);
    QTest::newRow("truncated") << good.left(good.size() - 1) << static_cast<int>(ErrorCode::Corrupt);
    QTest::newRow("too long") << good + 'x' << static_cast<int>(ErrorCode::Corrupt);
    QTest::newRow("more slots in the header than in the file")
        << good.left(8) + QByteArray("\xff\xff\xff\xff", 4) + good.mid(12) << static_cast<int>(ErrorCode::Corrupt);
}

void TestBeatFile::refusesOtherFiles()
{
    QFETCH(QByteArray, content);
    QFETCH(int, code);
    QFile::remove(path());
    if (!content.isNull()) {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    }
    for (const bool writable : {false, true}) {
        const auto opened = BeatFile::open(path(), writable);
        QVERIFY(!opened);
        QCOMPARE(static_cast<int>(opened.error().code), code);
        QVERIFY(opened.error().message.contains(path()));
    }
}

void TestBeatFile::replacedFileRemainsMapped()
{
    const auto old = BeatFile::create(path(), 1);
    const auto fresh = BeatFile::create(path(), 1);
    QVERIFY(fresh);
    (*old)->beat(0); // a worker of an earlier run still beats
    QCOMPARE((*fresh)->read(0).counter, 0u);
}

QTEST_GUILESS_MAIN(TestBeatFile)
#include "tst_beatfile.moc"
