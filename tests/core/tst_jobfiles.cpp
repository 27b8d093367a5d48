// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the check of the output path of a job, and writing outputs.
#include "core/worker/jobfiles.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void outputPathsAreChecked_data();
    void outputPathsAreChecked();
    void metadataDetectsChanges();
    void writesOnlyOrdinaryFiles();
    void failedWriteLeavesNoFile();
    void manyAttemptsAreCleanedQuickly();

private:
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestJobFiles::outputPathsAreChecked_data()
{
    QTest::addColumn<QString>("output"); // %1 is the workspace
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("below the workspace") << s("%1/a/b.png") << true;
    QTest::newRow("relative path") << s("a/b.SVG") << true;
    QTest::newRow("up and down again, inside the workspace") << s("%1/a/../b.png") << true;
    QTest::newRow("through a link into the workspace") << s("%1/inner/b.png") << true;
    QTest::newRow("outside the workspace") << s("/tmp/b.png") << false;
    QTest::newRow("above the workspace through ..") << s("%1/../b.png") << false;
    QTest::newRow("name with the same beginning") << s("%1-2/b.png") << false;
    QTest::newRow("through a link out of the workspace") << s("%1/outer/b.png") << false;
    QTest::newRow("through a dangling link") << s("%1/broken/b.png") << false;
    QTest::newRow("in new folders behind a link out of the workspace") << s("%1/outer/x/y/b.png") << false;
    QTest::newRow("a folder") << s("%1/real.png") << false;
    QTest::newRow("the workspace itself") << s("%1") << false;
    QTest::newRow("unsupported format") << s("%1/b.mp3") << false;
    QTest::newRow("no output") << QString() << false;
}

void TestJobFiles::outputPathsAreChecked()
{
    QFETCH(QString, output);
    QFETCH(bool, isAllowed);
    const QString workspace = path("ws");
    QVERIFY(QDir().mkpath(workspace + s("/real.png")));
    QVERIFY(QFile::link(workspace + s("/real.png"), workspace + s("/inner")));
    QVERIFY(QFile::link(m_folder->path(), workspace + s("/outer")));
    QVERIFY(QFile::link(path("nowhere"), workspace + s("/broken")));
    Job job;
    job.type = s("plantuml");
    job.outputFile = output.contains(s("%1")) ? output.arg(workspace) : output;
    const auto paths = resolveOutputPath(job, workspace);
    QVERIFY2(bool(paths) == isAllowed, paths ? "allowed" : qPrintable(paths.error().message));
    if (paths)
        QVERIFY(paths->temporary.startsWith(workspace + s("/")));
}

void TestJobFiles::metadataDetectsChanges()
{
    const QString file = path("x");
    QVERIFY(writeOutput(file, "1234"));
    const QJsonObject metadata = outputMetadata(file);
    QVERIFY(matchesMetadata(file, metadata));
    QVERIFY(matchesMetadata(file, {}));
    QVERIFY(writeOutput(file, "12345"));
    QVERIFY(!matchesMetadata(file, metadata));
    QVERIFY(!matchesMetadata(path("y"), {}));
    QVERIFY(!writeOutput(path("no/such/folder"), "x"));
}

void TestJobFiles::writesOnlyOrdinaryFiles()
{
    const QString pipe = path("pipe");
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    const int reader = open(QFile::encodeName(pipe).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    QVERIFY(!writeOutput(pipe, "x"));
    ::close(reader);
    QVERIFY(QFileInfo::exists(pipe));
}

void TestJobFiles::failedWriteLeavesNoFile()
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

/// Another program stored this number of attempts. Removing the file of each attempt would take hours.
void TestJobFiles::manyAttemptsAreCleanedQuickly()
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

QTEST_GUILESS_MAIN(TestJobFiles)
#include "tst_jobfiles.moc"
