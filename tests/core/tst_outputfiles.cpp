// SPDX-License-Identifier: GPL-3.0-or-later
// Tests writing the outputs of jobs: temporary files, their names and removal, and the owner of outputs.
#include "core/worker/fileerrors.h"
#include "core/worker/jobfiles.h"
#include "core/worker/workspacecheck.h"
#include "tests/support/asnobody.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <limits>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestOutputFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void writesOnlyOrdinaryFiles();
    void failedWriteLeavesNoFile();
    void temporaryNamesAreShortInBytes_data();
    void temporaryNamesAreShortInBytes();
    void outputsAreGivenToTheirOwner();
    void outputsThatCannotBeGivenAwayAreKept();
    void manyAttemptsAreCleanedQuickly();
    void filesOfAnEarlierDatabaseAreRemoved();
    void fileOfALaterWorkerIsKept();
    void readOnlyDiskKeepsNoTemporaryFile();

private:
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestOutputFiles::writesOnlyOrdinaryFiles()
{
    const QString pipe = path("pipe");
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    const int reader = open(QFile::encodeName(pipe).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    QVERIFY(!writeOutput(pipe, "x"));
    ::close(reader);
    QVERIFY(QFileInfo::exists(pipe));
}

void TestOutputFiles::failedWriteLeavesNoFile()
{
    // Writing fails at the size limit for files of this process.
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const Status cut = writeOutput(path("cut"), QByteArray(5000, 'x'));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!cut);
    QVERIFY(!QFileInfo::exists(path("cut")));
}

void TestOutputFiles::temporaryNamesAreShortInBytes_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("80 Chinese characters") << QString(80, QChar(0x4E2D)).append(s(".png"));
    QTest::newRow("60 emoji") << s("\U0001F600").repeated(60).append(s(".png"));
    QTest::newRow("250 letters") << QString(250, u'a').append(s(".png"));
    QTest::newRow("short name") << s("ä.png");
}

void TestOutputFiles::temporaryNamesAreShortInBytes()
{
    QFETCH(QString, name);
    Job job;
    job.id = 999999999999;
    job.attempts = 12345;
    job.type = s("plantuml");
    job.outputFile = m_folder->filePath(name);
    auto output = resolveOutputPath(job, m_folder->path());
    QVERIFY(output);
    const QByteArray temporary = QFile::encodeName(QFileInfo(output->temporary).fileName());
    QVERIFY2(temporary.size() <= 143, temporary.constData()); // the shortest limit of a common file system (eCryptfs)
    QVERIFY2(!output->temporary.contains(QChar::ReplacementCharacter), "a character must not be cut");
    QVERIFY(prepareOutput(job, *output, m_folder->path()));
    QVERIFY(output->isLocal);
    const Status written = writeOutput(output->temporary, "x");
    QVERIFY2(written, written ? "" : qPrintable(written.error().message));
    QVERIFY(commitOutputs(*output));
    QVERIFY(QFileInfo::exists(m_folder->filePath(name)));
}

/// A worker that runs as root in a container gives its outputs, and the folders that it creates, to the user.
void TestOutputFiles::outputsAreGivenToTheirOwner()
{
    QVERIFY(!OutputOwner::fromString(s("1000")));
    QVERIFY(!OutputOwner::fromString(s("1000:")));
    QVERIFY(!OutputOwner::fromString(s("me:users")));
    QVERIFY(!OutputOwner::fromString(s("4294967295:0"))); // "unchanged"
    QVERIFY(OutputOwner::fromString(s("1000:100")) == (OutputOwner{1000, 100}));
    Job job;
    job.type = s("plantuml");
    job.outputFile = path("given/to/someone.png");
    const bool isRoot = geteuid() == 0;
    auto output = resolveOutputPath(job, m_folder->path());
    QVERIFY(output);
    output->owner = OutputOwner{isRoot ? 1234 : geteuid(), isRoot ? 5678 : getegid()};
    QVERIFY(prepareOutput(job, *output, m_folder->path()));
    QVERIFY(writeOutput(output->temporary, "x"));
    QVERIFY(commitOutputs(*output));
    for (const char *name : {"given", "given/to", "given/to/someone.png"}) {
        QCOMPARE(QFileInfo(path(name)).ownerId(), output->owner->uid);
        QCOMPARE(QFileInfo(path(name)).groupId(), output->owner->gid);
    }
    QVERIFY(QFileInfo(m_folder->path()).ownerId() == geteuid()); // existing folders keep their owner
}

/// Without the permission to give it away, the output is written nevertheless.
void TestOutputFiles::outputsThatCannotBeGivenAwayAreKept()
{
    const AsNobody nobody;
    const QTemporaryDir folder(s("/var/tmp/lifeguard-test-XXXXXX"));
    OutputPath output;
    output.target = folder.filePath(s("kept.png"));
    output.temporary = folder.filePath(s(".kept.tmp"));
    output.owner = OutputOwner{4321, 4321};
    QVERIFY(writeOutput(output.temporary, "x"));
    QVERIFY(commitOutputs(output));
    QCOMPARE(QFileInfo(output.target).ownerId(), geteuid());
}

/// Another program stored this number of attempts. Removing the file of each attempt would take hours.
void TestOutputFiles::manyAttemptsAreCleanedQuickly()
{
    Job job;
    job.id = 7;
    job.type = s("noop");
    job.outputFile = path("out.txt");
    job.attempts = 1'999'999'999;
    const OutputPath earlier = resolveOutputPath(job, m_folder->path()).value();
    QVERIFY(writeOutput(earlier.temporary, "half"));
    job.attempts = 2'000'000'000;
    OutputPath output = resolveOutputPath(job, m_folder->path()).value();
    QVERIFY(prepareOutput(job, output, m_folder->path()));
    QVERIFY(!QFile::exists(earlier.temporary));
}

/// A restored database repeats attempts, and in a new one they begin again.
void TestOutputFiles::filesOfAnEarlierDatabaseAreRemoved()
{
    Job job;
    job.id = 7;
    job.type = s("noop");
    job.outputFile = path("out.txt");
    job.attempts = 3;
    const OutputPath earlier = resolveOutputPath(job, m_folder->path()).value();
    QVERIFY(writeOutput(earlier.temporary, "half"));
    for (const int attempt : {1, std::numeric_limits<int>::max()}) {
        job.attempts = attempt;
        OutputPath output = resolveOutputPath(job, m_folder->path()).value();
        QVERIFY(prepareOutput(job, output, m_folder->path()));
        QVERIFY(!QFile::exists(earlier.temporary));
    }
}

/// The disk can be written again before the job ends, and no later attempt would remove the file.
void TestOutputFiles::readOnlyDiskKeepsNoTemporaryFile()
{
    SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("only root can mount a file system");
    Job job;
    job.id = 7;
    job.type = s("noop");
    job.outputFile = disk.path() + s("/out.txt");
    job.attempts = 1;
    const OutputPath earlier = resolveOutputPath(job, disk.path()).value();
    QVERIFY(writeOutput(earlier.temporary, "half"));
    job.attempts = 2;
    OutputPath output = resolveOutputPath(job, disk.path()).value();
    QVERIFY(disk.setReadOnly(true));
    const Status refused = prepareOutput(job, output, disk.path());
    QVERIFY(!refused);
    QVERIFY2(isBlocking(refused.error()), qPrintable(refused.error().message));
    QVERIFY(disk.setReadOnly(false));
    QVERIFY(prepareOutput(job, output, disk.path()));
    QVERIFY(!QFile::exists(earlier.temporary));
}

/// This worker was suspended after its claim, and another one has claimed the job again.
void TestOutputFiles::fileOfALaterWorkerIsKept()
{
    Job job;
    job.id = 7;
    job.type = s("noop");
    job.outputFile = path("out.txt");
    job.startedAt = QDateTime::currentDateTimeUtc().addSecs(-60);
    job.attempts = 2;
    const OutputPath later = resolveOutputPath(job, m_folder->path()).value();
    QVERIFY(writeOutput(later.temporary, "half"));
    job.attempts = 1;
    OutputPath output = resolveOutputPath(job, m_folder->path()).value();
    QVERIFY(prepareOutput(job, output, m_folder->path()));
    QVERIFY(QFile::exists(later.temporary));
}

QTEST_GUILESS_MAIN(TestOutputFiles)
#include "tst_outputfiles.moc"
