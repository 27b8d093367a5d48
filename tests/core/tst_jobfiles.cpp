// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the check of the output path of a job, and reading inputs.
#include "core/worker/fileerrors.h"
#include "core/worker/jobfiles.h"
#include "core/worker/workspacecheck.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

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
    void outputRootsAreAllowed_data();
    void outputRootsAreAllowed();
    void rootsAreCheckedAgainWithTheirFolders();
    void metadataDetectsChanges();
    void foldersAreCreatedWithAReason();
    void vanishedWorkspaceIsNoticed();
    void unusualInputsAreRefused_data();
    void unusualInputsAreRefused();
    void textInThePayloadTakesPrecedence();
    void pipeIsNotOpenedAsInput();
    void errorsAreClassified_data();
    void errorsAreClassified();

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
    QTest::newRow("a null character") << QString(s("a.svg") + QChar(QChar::Null) + s(".png")) << false;
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

void TestJobFiles::outputRootsAreAllowed_data()
{
    QTest::addColumn<QString>("output"); // %1 is the test's folder
    QTest::addColumn<QString>("folder"); // empty: refused
    QTest::addColumn<ErrorCode>("code");
    const auto none = ErrorCode::NotFound; // not used
    const auto refused = ErrorCode::PermissionDenied;
    QTest::newRow("workspace") << s("%1/ws/a.png") << s("%1/ws") << none;
    QTest::newRow("root") << s("%1/out/x/a.png") << s("%1/out") << none;
    QTest::newRow("second root") << s("%1/more/a.png") << s("%1/more") << none;
    QTest::newRow("root that is a link") << s("%1/linked/a.png") << s("%1/linked") << none;
    QTest::newRow("target of that link") << s("%1/far/a.png") << s("%1/linked") << none;
    QTest::newRow("through .. into a root") << s("%1/ws/../out/a.png") << s("%1/out") << none;
    QTest::newRow("link from a root into another") << s("%1/out/inner/a.png") << s("%1/more") << none;
    QTest::newRow("link from the workspace into a root") << s("%1/ws/toroot/a.png") << s("%1/out") << none;
    QTest::newRow("elsewhere") << s("%1/else/a.png") << QString() << refused;
    QTest::newRow("name with the same beginning") << s("%1/output/a.png") << QString() << refused;
    QTest::newRow("through .. out of a root") << s("%1/out/../else/a.png") << QString() << refused;
    QTest::newRow("through a link out of a root") << s("%1/out/outer/a.png") << QString() << refused;
    QTest::newRow("in new folders behind that link") << s("%1/out/outer/x/y/a.png") << QString() << refused;
    QTest::newRow("through a dangling link") << s("%1/out/broken/a.png") << QString() << refused;
    QTest::newRow("the root itself") << s("%1/out") << QString() << refused;
    QTest::newRow("a missing root") << s("%1/missing/a.png") << QString() << ErrorCode::Unreachable;
}

void TestJobFiles::outputRootsAreAllowed()
{
    QFETCH(QString, output);
    QFETCH(QString, folder);
    QFETCH(ErrorCode, code);
    for (const char *name : {"ws", "out", "more", "far", "else"})
        QVERIFY(QDir().mkpath(path(name)));
    QVERIFY(QFile::link(path("far"), path("linked")));
    QVERIFY(QFile::link(path("more"), path("out/inner")));
    QVERIFY(QFile::link(path("else"), path("out/outer")));
    QVERIFY(QFile::link(path("nowhere"), path("out/broken")));
    QVERIFY(QFile::link(path("out"), path("ws/toroot")));
    const OutputFolders folders(path("ws"), {path("out"), path("more"), path("linked"), path("missing")});
    Job job;
    job.type = s("plantuml");
    job.outputFile = output.arg(m_folder->path());
    auto paths = resolveOutputPath(job, folders);
    if (folder.isEmpty()) {
        QVERIFY(!paths);
        QCOMPARE(paths.error().code, code);
        if (code == ErrorCode::PermissionDenied)
            QVERIFY2(paths.error().message.contains(s("--output-root")), qPrintable(paths.error().message));
        return;
    }
    QVERIFY2(paths, paths ? "" : qPrintable(paths.error().message));
    QCOMPARE(paths->folder, folder.arg(m_folder->path()));
    QVERIFY(prepareOutput(job, *paths, folders));
    QVERIFY(writeOutput(paths->temporary, "x") && commitOutputs(*paths));
    QVERIFY(QFileInfo::exists(output.arg(m_folder->path())));
}

void TestJobFiles::rootsAreCheckedAgainWithTheirFolders()
{
    for (const char *name : {"ws", "out", "else"})
        QVERIFY(QDir().mkpath(path(name)));
    const OutputFolders folders(path("ws"), {path("out")});
    Job job;
    job.type = s("plantuml");
    job.outputFile = path("out/new/a.png");
    auto output = resolveOutputPath(job, folders);
    QVERIFY(output);
    QVERIFY(QFile::link(path("else"), path("out/new"))); // by another program, before the folder is created
    const Status prepared = prepareOutput(job, *output, folders);
    QCOMPARE(prepared.error().code, ErrorCode::PermissionDenied);
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

void TestJobFiles::foldersAreCreatedWithAReason()
{
    Job job;
    job.type = s("plantuml");
    const auto prepare = [&](const QString &file) -> Status {
        job.outputFile = file;
        Result<OutputPath> output = resolveOutputPath(job, m_folder->path());
        return output ? prepareOutput(job, *output, m_folder->path()) : Status(failure(output.error()));
    };
    QVERIFY(prepare(path("a/b/c/d.png")));
    QVERIFY(QFileInfo(path("a/b/c")).isDir());
    QVERIFY(prepare(path("a/b/c/e.png")));
    QVERIFY(writeOutput(path("file"), "x"));
    const Status inTheWay = prepare(path("file/b/c.png"));
    QVERIFY(!inTheWay);
    QVERIFY2(inTheWay.error().message.contains(s("a file with this name exists")),
             qPrintable(inTheWay.error().message));
    QVERIFY(!isBlocking(inTheWay.error()));
    SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    job.outputFile = disk.path() + s("/x/y/z.png");
    auto output = resolveOutputPath(job, disk.path());
    QVERIFY(output);
    QVERIFY(disk.setReadOnly(true));
    QCOMPARE(prepareOutput(job, *output, disk.path()).error().code, ErrorCode::ReadOnly);
    QVERIFY(disk.setReadOnly(false));
    QVERIFY(prepareOutput(job, *output, disk.path()));
}

void TestJobFiles::vanishedWorkspaceIsNoticed()
{
    const WorkspaceCheck folder(path("ws"));
    QCOMPARE(folder.check().error().code, ErrorCode::Unreachable);
    QVERIFY(QDir().mkpath(path("ws")));
    QVERIFY(folder.check());
    SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    const WorkspaceCheck mounted(disk.path());
    QVERIFY(mounted.check());
    disk.unmount();
    const Status gone = mounted.check();
    QVERIFY2(!gone, "outputs must not be written to the folder below the mount point");
    QCOMPARE(gone.error().code, ErrorCode::Unreachable);
    const SmallDisk again(disk.path());
    QVERIFY(again.isMounted());
    QVERIFY(mounted.check());
}

void TestJobFiles::unusualInputsAreRefused_data()
{
    QTest::addColumn<QString>("input");
    QTest::newRow("a file of /proc that never ends or never has content") << s("/proc/kmsg");
    QTest::newRow("a file of /proc without a size that exceeds the limit") << s("/proc/self/pagemap");
    QTest::newRow("a device") << s("/dev/zero");
    QTest::newRow("a folder") << s("/tmp");
    QTest::newRow("a missing file") << s("/nonexistent");
}

void TestJobFiles::unusualInputsAreRefused()
{
    QFETCH(QString, input);
    Job job;
    job.inputFile = input;
    const Result<QByteArray> data = readInput(job, {});
    QVERIFY2(!data || data->size() < 1024 * 1024, "the input must not be read");
    if (!data)
        QVERIFY2(!isBlocking(data.error()), qPrintable(data.error().message));
}

/// Unless it is empty, as in CLM.
void TestJobFiles::textInThePayloadTakesPrecedence()
{
    Job job;
    job.inputFile = path("in.txt");
    const QString data = s("data");
    QCOMPARE(readInput(job, {{data, s("")}}).value_or("failed"), QByteArray());
    QVERIFY(writeOutput(job.inputFile, "file"));
    QCOMPARE(readInput(job, {{data, s("text")}}).value_or("failed"), QByteArray("text"));
    QCOMPARE(readInput(job, {{data, s("")}}).value_or("failed"), QByteArray("file"));
    QCOMPARE(readInput(job, {}).value_or("failed"), QByteArray("file"));
}

/// Opening a pipe that nobody writes to never returns.
void TestJobFiles::pipeIsNotOpenedAsInput()
{
    Job job;
    job.inputFile = path("pipe");
    QCOMPARE(mkfifo(QFile::encodeName(job.inputFile).constData(), 0600), 0);
    const Result<QByteArray> data = readInput(job, {});
    QVERIFY(!data);
    QCOMPARE(data.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(data.error().message.contains(job.inputFile), qPrintable(data.error().message));
}

void TestJobFiles::errorsAreClassified_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("isOutputBlocked");
    QTest::addColumn<bool>("isInputBlocked");
    QTest::newRow("no space") << ENOSPC << true << false;
    QTest::newRow("quota") << EDQUOT << true << false;
    QTest::newRow("read-only") << EROFS << true << false;
    QTest::newRow("stale NFS handle") << ESTALE << true << true;
    QTest::newRow("FUSE without its program") << ENOTCONN << true << true;
    QTest::newRow("SMB server is down") << EHOSTDOWN << true << true;
    QTest::newRow("time-out") << ETIMEDOUT << true << true;
    QTest::newRow("too many open files") << EMFILE << true << true;
    QTest::newRow("too many open files on the machine") << ENFILE << true << true;
    QTest::newRow("no memory") << ENOMEM << true << true;
    QTest::newRow("bad sector") << EIO << true << false;
    QTest::newRow("no permission") << EACCES << false << false;
    QTest::newRow("missing") << ENOENT << false << false;
    QTest::newRow("name too long") << ENAMETOOLONG << false << false;
    QTest::newRow("file too large") << EFBIG << false << false;
}

void TestJobFiles::errorsAreClassified()
{
    QFETCH(int, number);
    QTEST(isBlocking(outputError(s("/ws/out.png"), number)), "isOutputBlocked");
    QTEST(isBlocking(inputError(s("/ws/in.puml"), number)), "isInputBlocked");
    QVERIFY(outputError(s("/ws/out.png"), number).message.contains(s("/ws/out.png")));
    QVERIFY(inputError(s("/ws/in.puml"), number).message.contains(s("/ws/in.puml")));
}

QTEST_GUILESS_MAIN(TestJobFiles)
#include "tst_jobfiles.moc"
