// SPDX-License-Identifier: GPL-3.0-or-later
// Tests lifeguard-drawio, started directly and as the tool of a worker: its options, outputs, messages and end.
#include "core/base/processtable.h"
#include "core/config/jobtypes.h"
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/tools/missingtools.h"
#include "places.h"
#include "tests/support/drawings.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QtEndian>

#include <ctime>

#include <sys/time.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

struct CommandResult
{
    int code = -1;
    QString out;
    QString err;
};

} // namespace

class TestDrawioCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();
    void printsHelpAndVersion();
    void wrongUsageIsReported_data();
    void wrongUsageIsReported();
    void outputIsNamedAfterInputOrOption();
    void outputHasTheRequestedSize();
    void outputCanBeTransparentAndEmbedTheDrawing();
    void linkedPicturesAreNotLoaded();
    void deepNestingIsReported();
    void serveModeRunsTheCommandsOfItsInput();
    void idleBrowserIsClosed();
    void browserEndsWithTheProgram_data();
    void browserEndsWithTheProgram();
    void removesStaleFolders();
    void factsAreThoseOfTheDrawing();
    void workerConvertsAndLeavesNoProcess_data();
    void workerConvertsAndLeavesNoProcess();
    void jobOverItsTimeLimitFails();

private:
    static constexpr int patience = 60000; ///< starting a browser takes a second, or many on a busy machine

    std::unique_ptr<QProcess> start(const QString &program, const QStringList &arguments) const;
    /// Runs the program, which starts a browser.
    CommandResult run(const QStringList &arguments) const;
    /// Returns a program in serve mode, whose browser stays open for all functions.
    [[nodiscard]] QProcess &server();
    /// Runs a command line with server().
    CommandResult serve(const QStringList &arguments);
    /// Runs a command line in a process that was started with --serve, and returns its response.
    static QJsonObject send(QProcess &process, const QJsonArray &line);
    [[nodiscard]] QByteArray drawingWithLinks() const;
    void write(const char *name, const QByteArray &bytes) const { test::write(path(name), bytes); }
    [[nodiscard]] QByteArray read(const char *name) const { return contentOf(path(name)); }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] static QList<qint64> treeOf(const QProcess &process)
    {
        QList<qint64> pids;
        for (const ProcessEntry &entry : ProcessTable::read().treeOf(process.processId()))
            pids.append(entry.pid);
        return pids;
    }
    [[nodiscard]] static QSize sizeOf(const QByteArray &png)
    {
        return png.size() < 33
                 ? QSize()
                 : QSize(qFromBigEndian<qint32>(png.constData() + 16), qFromBigEndian<qint32>(png.constData() + 20));
    }

    std::unique_ptr<QTemporaryDir> m_folder; ///< the working folder of all programs, emptied before each function
    std::unique_ptr<QTemporaryDir> m_serverFolder; ///< for the temporary files of m_server
    std::unique_ptr<QProcess> m_server;
};

void TestDrawioCommand::initTestCase()
{
    qputenv("LIFEGUARD_DRAWIO", LIFEGUARD_BIN_DIR "/lifeguard-drawio");
    if (const QString missing = missingTools(s("drawio")); !missing.isEmpty())
        QSKIP(qPrintable(missing));
    m_folder = std::make_unique<QTemporaryDir>();
    m_serverFolder = std::make_unique<QTemporaryDir>();
}

void TestDrawioCommand::init()
{
    for (const QFileInfo &entry : QDir(m_folder->path()).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot))
        QVERIFY(entry.isDir() ? QDir(entry.filePath()).removeRecursively() : QFile::remove(entry.filePath()));
    QVERIFY(QDir().mkpath(path("tmp")));
    write("in.drawio", drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B")));
}

void TestDrawioCommand::cleanup()
{
    const ProcessTable table = ProcessTable::read();
    const auto pidsOf = [&](qint64 root) {
        QList<qint64> pids;
        for (const ProcessEntry &entry : table.treeOf(root))
            pids.append(entry.pid);
        return pids;
    };
    QList<qint64> pids = pidsOf(QCoreApplication::applicationPid());
    if (m_server)
        pids.removeIf([server = pidsOf(m_server->processId())](qint64 pid) { return server.contains(pid); });
    QCOMPARE(pids, QList<qint64>{QCoreApplication::applicationPid()});
}

/// A program in serve mode ends with its input, and leaves nothing behind.
void TestDrawioCommand::cleanupTestCase()
{
    if (!m_server)
        return;
    m_server->closeWriteChannel();
    WAIT_FOR_END(m_server);
    QCOMPARE(m_server->exitCode(), 0);
    QCOMPARE(QDir(m_serverFolder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden),
             QStringList());
}

std::unique_ptr<QProcess> TestDrawioCommand::start(const QString &program, const QStringList &arguments) const
{
    QProcessEnvironment environment = workerEnvironment(s("drawio"), s("w0"), path("jobs.db"), m_folder->path());
    environment.insert(s("TMPDIR"), path("tmp"));
    return startProgram(program, arguments, environment, m_folder->path());
}

CommandResult TestDrawioCommand::run(const QStringList &arguments) const
{
    const auto process = start(s("lifeguard-drawio"), arguments);
    if (!process->waitForFinished(patience) || process->exitStatus() != QProcess::NormalExit)
        return {};
    return {process->exitCode(), QString::fromUtf8(process->readAllStandardOutput()),
            QString::fromUtf8(process->readAllStandardError())};
}

QProcess &TestDrawioCommand::server()
{
    if (!m_server)
        m_server = start(s("lifeguard-drawio"), {s("--serve"), s("--temporary"), m_serverFolder->path()});
    return *m_server;
}

CommandResult TestDrawioCommand::serve(const QStringList &arguments)
{
    const QJsonObject result = send(server(), QJsonArray::fromStringList(arguments));
    return {result.value(s("code")).toInt(-1), result.value(s("out")).toString(), result.value(s("err")).toString()};
}

void TestDrawioCommand::printsHelpAndVersion()
{
    const CommandResult help = run({s("--help")});
    QCOMPARE(help.code, 0);
    for (const char *option :
         {"--export", "--format", "--output", "--border", "--scale", "--page-index", "--all-pages", "--width",
          "--height", "--crop", "--transparent", "--embed-svg-images", "--embed-diagram", "--no-sandbox", "--version"})
        QVERIFY2(help.out.contains(s(option)), option);
    const CommandResult version = run({s("--version")});
    QCOMPARE(version.code, 0);
    QCOMPARE(version.out, s("14.6.12\n"));
}

void TestDrawioCommand::wrongUsageIsReported_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("error");
    QTest::newRow("no arguments") << QStringList() << 2 << s("--export");
    QTest::newRow("no input") << QStringList{s("-x")} << 2 << s("input");
    QTest::newRow("missing input") << QStringList{s("-x"), s("nope.drawio")} << 2 << s("nope.drawio cannot be read");
    QTest::newRow("a folder") << QStringList{s("-x"), s("tmp")} << 2 << s("folder");
    QTest::newRow("unknown format") << QStringList{s("-x"), s("in.drawio"), s("-f"), s("gif")} << 2 << s("gif");
    QTest::newRow("scale of zero") << QStringList{s("-x"), s("in.drawio"), s("-s"), s("0")} << 2 << s("--scale");
    QTest::newRow("unknown option") << QStringList{s("-x"), s("in.drawio"), s("--frob")} << 2 << s("--frob");
    QTest::newRow("missing page") << QStringList{s("-x"), s("in.drawio"), s("-p"), s("2")} << 1
                                  << s("no page with the index 2: the file has 2 pages");
    QTest::newRow("all pages in one picture") << QStringList{s("-x"), s("in.drawio"), s("-a"), s("-f"), s("png")} << 2
                                              << s("All pages can be exported to pdf");
    QTest::newRow("output in a missing folder")
        << QStringList{s("-x"), s("in.drawio"), s("-o"), s("no/where.svg")} << 2 << s("no/where.svg cannot be written");
}

void TestDrawioCommand::wrongUsageIsReported()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, error);
    const CommandResult result = run(arguments);
    QCOMPARE(result.code, code);
    QVERIFY2(result.err.startsWith(s("Error: ")) && result.err.contains(error), qPrintable(result.err));
    QCOMPARE(result.err.count(u'\n'), 1);
}

void TestDrawioCommand::outputIsNamedAfterInputOrOption()
{
    CommandResult result = run({s("--export"), s("in.drawio")});
    QCOMPARE(result.code, 0);
    QCOMPARE(result.out, s("in.drawio -> in.pdf\n"));
    QVERIFY(read("in.pdf").startsWith("%PDF"));
    result = serve({s("-x"), s("-o"), path("out.svg"), s("in.drawio"), s("--page-index"), s("1")});
    QCOMPARE(result.code, 0);
    QVERIFY(read("out.svg").contains(">Second<") && !read("out.svg").contains(">First<"));
    QVERIFY(QDir().mkpath(path("into")));
    result = serve({s("-x"), s("-f"), s("jpg"), s("-o"), s("into"), s("in.drawio")});
    QCOMPARE(result.code, 0);
    QVERIFY(read("into/in.drawio.jpg").startsWith("\xff\xd8\xff"));
    QCOMPARE(QDir(path("tmp")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden), QStringList());
}

void TestDrawioCommand::outputHasTheRequestedSize()
{
    QCOMPARE(serve({s("-x"), s("in.drawio"), s("-o"), s("w.png"), s("--width"), s("500")}).code, 0);
    QCOMPARE(sizeOf(read("w.png")).width(), 500);
    QCOMPARE(serve({s("-x"), s("in.drawio"), s("-o"), s("h.png"), s("--height"), s("300"), s("-b"), s("10")}).code, 0);
    QCOMPARE(sizeOf(read("h.png")).height(), 300);
    QCOMPARE(serve({s("-x"), s("in.drawio"), s("-o"), s("w.svg"), s("--width"), s("500")}).code, 0);
    // Flat, because a picture with many pixels takes long.
    write("flat.drawio", drawioFile(drawioPage(drawioBox("").replace("height=\"80\"", "height=\"4\""), "A")));
    const CommandResult huge = serve({s("-x"), s("flat.drawio"), s("-o"), s("huge.png"), s("-s"), s("90")});
    QCOMPARE(huge.code, 0);
    QVERIFY2(huge.err.contains(s("from 90 to")), qPrintable(huge.err));
    QVERIFY(sizeOf(read("huge.png")).width() > 16000);
}

void TestDrawioCommand::outputCanBeTransparentAndEmbedTheDrawing()
{
    QCOMPARE(serve({s("-x"), s("in.drawio"), s("-o"), s("t.png"), s("-t"), s("-e")}).code, 0);
    QCOMPARE(read("t.png").at(25), char(6)); // colour type 6: with an alpha channel
    QVERIFY(read("t.png").contains("tEXtmxfile"));
    QVERIFY(read("t.png").contains("%22Second%22"));
    // A picture with an embedded drawing is an input as well.
    QCOMPARE(serve({s("-x"), s("in.drawio"), s("-o"), s("t.svg"), s("-e")}).code, 0);
    QCOMPARE(serve({s("-x"), s("t.svg"), s("-o"), s("again.svg"), s("-p"), s("1")}).code, 0);
    QVERIFY(read("again.svg").contains(">Second<"));
}

/// Returns a drawing that contains two pictures from elsewhere.
QByteArray TestDrawioCommand::drawingWithLinks() const
{
    const QByteArray images = "<mxCell id=\"8\" style=\"image;image=http://127.0.0.1:1/a.png\" vertex=\"1\" "
                              "parent=\"1\"><mxGeometry x=\"0\" y=\"0\" width=\"9\" "
                              "height=\"9\" as=\"geometry\"/></mxCell><mxCell id=\"9\" style=\"image;image=file://"
                            + QFile::encodeName(path("secret.png"))
                            + "\" vertex=\"1\" parent=\"1\"><mxGeometry x=\"0\" y=\"0\" width=\"9\" height=\"9\" "
                              "as=\"geometry\"/></mxCell></root>";
    return drawioFile(drawioPage(drawioBox("Here").replace("</root>", images), "A"));
}

void TestDrawioCommand::linkedPicturesAreNotLoaded()
{
    write("secret.png", "x");
    write("loads.drawio", drawingWithLinks());
    const CommandResult result = serve({s("-x"), s("loads.drawio"), s("-o"), s("l.png")});
    QCOMPARE(result.code, 0);
    QVERIFY2(result.err.contains(s("http://127.0.0.1:1/a.png")), qPrintable(result.err));
    QVERIFY2(result.err.contains(s("secret.png")), qPrintable(result.err));
    QVERIFY(!read("l.png").isEmpty());
}

void TestDrawioCommand::deepNestingIsReported()
{
    QByteArray nested = drawioBox("Here");
    const QByteArray inside = QByteArray("<a>").repeated(5000) + QByteArray("</a>").repeated(5000);
    nested.replace("</root>", QByteArray(inside + "</root>"));
    write("nested.drawio", drawioFile(drawioPage(nested, "A")));
    const CommandResult result = run({s("-x"), s("nested.drawio"), s("-o"), s("n.png")});
    QCOMPARE(result.code, 1);
    QCOMPARE(result.err, s("Error: The drawing is nested too deeply.\n"));
}

QJsonObject TestDrawioCommand::send(QProcess &process, const QJsonArray &line)
{
    process.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    if (!QTest::qWaitFor([&] { return process.canReadLine(); }, patience))
        return {};
    return QJsonDocument::fromJson(process.readLine()).object();
}

/// What an export found does not count for the next one, even if its output could not be written.
void TestDrawioCommand::factsAreThoseOfTheDrawing()
{
    write("loads.drawio", drawingWithLinks());
    QCOMPARE(send(server(), {s("-x"), s("loads.drawio"), s("-o"), s("no/where.png")}).value(s("code")).toInt(-1), 2);
    const QJsonObject next = send(server(), {s("-x"), s("in.drawio"), s("-o"), s("a.png")});
    QCOMPARE(next.value(s("code")).toInt(-1), 0);
    QCOMPARE(next.value(s("facts")).toObject(), (QJsonObject{{s("pages"), 2}}));
}

void TestDrawioCommand::serveModeRunsTheCommandsOfItsInput()
{
    const auto send = [&](const QJsonArray &line) { return TestDrawioCommand::send(server(), line); };
    const QJsonObject first = send({s("-x"), s("in.drawio"), s("-o"), s("a.svg")});
    QCOMPARE(first.value(s("code")).toInt(-1), 0);
    QCOMPARE(first.value(s("out")).toString(), s("in.drawio -> a.svg\n"));
    const QJsonObject bad = send({s("-x"), s("nope")});
    QCOMPARE(first.value(s("facts")).toObject().value(s("pages")).toInt(), 2);
    QCOMPARE(bad.value(s("code")).toInt(-1), 2);
    QVERIFY(bad.value(s("err")).toString().startsWith(s("Error: nope")));
    QCOMPARE(send({1, 2}).value(s("code")).toInt(-1), 2);
    QCOMPARE(send({s("-x"), s("in.drawio"), s("-o"), s("b.png")}).value(s("code")).toInt(-1), 0);
    QVERIFY(QFile::exists(path("b.png")));
}

void TestDrawioCommand::idleBrowserIsClosed()
{
    const auto process = start(s("lifeguard-drawio"), {s("--serve"), s("--close-after"), s("0.2")});
    const QList<qint64> none{process->processId()};
    for (const char *output : {"a.svg", "b.svg"}) { // the second one with a new browser
        const QJsonObject answer = send(*process, {s("-x"), s("in.drawio"), s("-o"), s(output)});
        QCOMPARE(answer.value(s("code")).toInt(-1), 0);
        QVERIFY(QFile::exists(path(output)));
        EVENTUALLY(treeOf(*process) == none);
        EVENTUALLY(QDir(path("tmp")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    }
    // Command lines that arrive together are all run, also the last one without an end of line.
    process->write("[\"-x\", \"in.drawio\", \"-o\", \"c.svg\"]\n[\"-x\", \"in.drawio\", \"-o\", \"d.svg\"]");
    process->closeWriteChannel();
    WAIT_FOR_END(process);
    QVERIFY(QFile::exists(path("c.svg")) && QFile::exists(path("d.svg")));
}

void TestDrawioCommand::browserEndsWithTheProgram_data()
{
    QTest::addColumn<bool>("kill");
    QTest::newRow("TERM") << false;
    QTest::newRow("KILL") << true;
}

void TestDrawioCommand::browserEndsWithTheProgram()
{
    QFETCH(bool, kill);
    const auto process = start(s("lifeguard-drawio"), {s("--serve")});
    process->write("[\"-x\", \"in.drawio\", \"-o\", \"a.svg\"]\n");
    EVENTUALLY(process->canReadLine());
    const QList<qint64> tree = treeOf(*process);
    QVERIFY2(tree.size() > 3, "the browser and its helper processes must be running");
    kill ? process->kill() : process->terminate();
    WAIT_FOR_END(process);
    for (const qint64 pid : tree)
        EVENTUALLY(!isAlive(pid));
    QCOMPARE(QDir(path("tmp")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty(), !kill);
}

void TestDrawioCommand::removesStaleFolders()
{
    QVERIFY(QDir().mkpath(path("tmp/lifeguard-drawio-left/deep")));
    write("tmp/lifeguard-drawio-left/lock", {});
    const timeval old{std::time(nullptr) - 61, 0};
    const timeval times[] = {old, old};
    QCOMPARE(utimes(QFile::encodeName(path("tmp/lifeguard-drawio-left")).constData(), times), 0);
    QVERIFY(QDir().mkpath(path("tmp/lifeguard-drawio-nolock"))); // may belong to a program that is just starting
    QVERIFY(QDir().mkpath(path("tmp/lifeguard-drawio-young"))); // the same, a moment later
    write("tmp/lifeguard-drawio-young/lock", {});
    QCOMPARE(run({s("-x"), s("in.drawio"), s("-o"), s("a.svg")}).code, 0);
    QCOMPARE(QDir(path("tmp")).entryList(QDir::Dirs | QDir::NoDotAndDotDot),
             (QStringList{s("lifeguard-drawio-nolock"), s("lifeguard-drawio-young")}));
}

void TestDrawioCommand::workerConvertsAndLeavesNoProcess_data()
{
    QTest::addColumn<QString>("how");
    QTest::newRow("TERM") << s("TERM");
    QTest::newRow("KILL") << s("KILL");
}

void TestDrawioCommand::workerConvertsAndLeavesNoProcess()
{
    QFETCH(QString, how);
    SystemClock clock;
    auto database = Database::open(path("jobs.db"), OpenMode::Create);
    QVERIFY(database);
    JobQueue queue(**database, clock);
    JobReader reader(**database);
    QList<qint64> ids;
    for (const char *name : {"a.png", "b.svg", "c.pdf"}) {
        NewJob job;
        job.type = s("drawio");
        job.inputFile = path("in.drawio");
        job.outputFile = path(name);
        job.payload = ids.size() < 2 ? "{\"page_index\": 1}" : "{}";
        ids.append(queue.add(job).value_or(0));
    }
    const auto worker = start(s("lifeguard-worker"), {});
    for (const qint64 id : ids) {
        EVENTUALLY(reader.job(id).value_or(Job{}).status != JobStatus::Pending
                   && reader.job(id).value_or(Job{}).status != JobStatus::Processing);
        QVERIFY2(reader.job(id)->status == JobStatus::Completed, qPrintable(reader.job(id)->error));
    }
    QCOMPARE(reader.job(ids.first())->notes, QStringList());
    QCOMPARE(reader.job(ids.last())->notes, QStringList{s("The drawing has 2 pages; only the first one was drawn.")});
    QVERIFY(read("a.png").startsWith("\x89PNG") && read("b.svg").contains(">Second<")
            && read("c.pdf").startsWith("%PDF"));
    const QList<qint64> tree = treeOf(*worker);
    QVERIFY(tree.size() > 4);
    how == s("TERM") ? worker->terminate() : worker->kill();
    WAIT_FOR_END(worker);
    for (const qint64 pid : tree)
        EVENTUALLY(!isAlive(pid));
    if (how == s("TERM"))
        QCOMPARE(QDir(path("tmp")).entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList());
}

void TestDrawioCommand::jobOverItsTimeLimitFails()
{
    SystemClock clock;
    auto database = Database::open(path("jobs.db"), OpenMode::Create);
    QVERIFY(database);
    JobQueue queue(**database, clock);
    JobReader reader(**database);
    NewJob job;
    job.type = s("drawio");
    job.inputFile = path("in.drawio");
    job.outputFile = path("a.png");
    // The real browser, with a page that never finishes in place of the application.
    QVERIFY(QDir().mkpath(path("app")));
    write("app/export3.html", "<script src=\"page.js\"></script>");
    write("app/page.js", "const mxMarker = {}; function render() { return {}; }");
    qputenv("LIFEGUARD_DRAWIO_APP", QFile::encodeName(path("app")));
    const qint64 id = queue.add(job).value_or(0);
    const auto worker = start(s("lifeguard-worker"), {s("--max-job-time"), s("4")});
    qunsetenv("LIFEGUARD_DRAWIO_APP");
    QList<qint64> tree;
    EVENTUALLY((tree = treeOf(*worker)).size() > 4);
    QTRY_COMPARE_WITH_TIMEOUT(toString(reader.job(id).value_or(Job{}).status), s("failed"), patience);
    QCOMPARE(reader.job(id)->error, s("The job took longer than max_job_time (4 s), and its tool was stopped."));
    for (const qint64 pid : tree) {
        if (pid != worker->processId())
            EVENTUALLY(!isAlive(pid));
    }
    QTRY_COMPARE_WITH_TIMEOUT(treeOf(*worker).size(), 1, patience); // without zombies
    worker->terminate();
    WAIT_FOR_END(worker);
}

QTEST_GUILESS_MAIN(TestDrawioCommand)
#include "tst_drawiocommand.moc"
