// SPDX-License-Identifier: GPL-3.0-or-later
// PlantUML itself, through its converter; and the pure parts around it.
#include "core/formats/plantumltext.h"
#include "core/model/job.h"
#include "core/worker/batchsize.h"
#include "core/worker/jobfiles.h"
#include "core/worker/plantumlconverter.h"
#include "tests/support/convertertest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlConverter : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlConverter() : ConverterTest(60000, s("in.puml")) { } // a Java machine starts in a second, and in many on a busy machine

private Q_SLOTS:
    void firstDiagram_data();
    void firstDiagram();
    void verdicts_data();
    void verdicts();
    void batchSizes();
    void outputPaths_data();
    void outputPaths();
    void writing();

    void init();
    void cleanup();
    void pngAndSvg();
    void syntaxErrorThenAGoodOne();
    void severalDiagrams();
    void names_data();
    void names();
    void themes();
    void themesWithAnOldOne();
    void includesFromTheInputsFolder();
    void withoutGraphviz_data();
    void withoutGraphviz();
    void notInstalled();
    void crashOfTheTool();
    void cancel();

private:
    Result<Conversion> convert(const QByteArray &data, const char *format, const QString &inputFile = {}, int diagram = 0)
    {
        return ConverterTest::convert(data, format, diagram > 0 ? QJsonObject{{s("diagram_index"), diagram}} : QJsonObject(), inputFile);
    }
};

void TestPlantUmlConverter::firstDiagram_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("error");
    const QByteArray good = "@startuml\nA -> B\n@enduml\n";
    QTest::newRow("plain") << good << good << 1 << QString();
    QTest::newRow("lines before it") << QByteArray("hello\n\n") + good << good << 3 << QString();
    QTest::newRow("no end of line") << good.chopped(1) << good << 1 << QString();
    QTest::newRow("of DOS") << QByteArray("@startuml\r\nA -> B\r\n@enduml\r\n") << good << 1 << QString();
    QTest::newRow("of the old Mac") << QByteArray("@startuml\rA -> B\r@enduml\r") << good << 1 << QString();
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf") + good << good << 1 << QString();
    QTest::newRow("indented") << QByteArray("  @startuml\nA -> B\n\t@enduml\n") << good << 1 << QString();
    QTest::newRow("two") << good + "@startuml\nC -> D\n@enduml\n" << good << 1 << QString();
    QTest::newRow("a command to the pipe") << QByteArray("@startuml\n@@@format svg\nA -> B\n@enduml\n")
                                           << QByteArray("@startuml\n @@@format svg\nA -> B\n@enduml\n") << 1 << QString();
    QTest::newRow("nothing") << QByteArray() << QByteArray() << 0 << s("@startuml");
    QTest::newRow("no diagram") << QByteArray("hello\n") << QByteArray() << 0 << s("@startuml");
    QTest::newRow("no end") << QByteArray("x\n@startuml\nA -> B\n") << QByteArray() << 0 << s("line 2");
    QTest::newRow("no end, another begins") << QByteArray("@startuml\nA -> B\n") + good << QByteArray() << 0 << s("@enduml");
    QTest::newRow("empty") << QByteArray("@startuml\n' only a comment\n/' and\nanother '/\n\n@enduml\n") << QByteArray() << 0 << s("empty");
}

void TestPlantUmlConverter::firstDiagram()
{
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, text);
    QFETCH(int, line);
    QFETCH(QString, error);
    const auto diagram = plantUmlDiagram(input);
    QCOMPARE(bool(diagram), error.isEmpty());
    if (!diagram) {
        QVERIFY2(diagram.error().message.contains(error), qPrintable(diagram.error().message));
        return;
    }
    QCOMPARE(diagram->text, text);
    QCOMPARE(diagram->firstLine, line);
    QVERIFY(!diagram->hasIncludes);
}

void TestPlantUmlConverter::verdicts_data()
{
    QTest::addColumn<QByteArray>("stderrText");
    QTest::addColumn<QString>("message");
    QTest::newRow("silence") << QByteArray() << QString();
    QTest::newRow("a warning") << QByteArray("Nov 23, 2026 1:13:47 PM java.util.prefs.FileSystemPreferences$1 run\nINFO: Created user preferences directory.\n") << QString();
    QTest::newRow("syntax") << QByteArray("ERROR\n2\nSyntax Error?\nSome diagram description contains errors\n") << s("line 5: Syntax Error?");
    QTest::newRow("after a warning") << QByteArray("INFO: Created.\nERROR\n1\ncannot include nope.iuml\n") << s("line 4: cannot include nope.iuml");
    QTest::newRow("no line") << QByteArray("ERROR\nOut of paper\n") << s("Out of paper");
    QTest::newRow("no dot") << QByteArray("java.io.IOException: Cannot run program \"/usr/bin/dot\": error=2, No such file or directory\n\tat java.base/java.lang.X\n")
                            << s("This diagram is laid out by Graphviz, which is not installed (/usr/bin/dot): apt install graphviz");
    QTest::newRow("crash inside") << QByteArray("java.lang.NullPointerException\n\tat net.sourceforge.plantuml.Foo.bar(Foo.java:1)\n")
                                  << s("PlantUML failed inside: java.lang.NullPointerException");
}

void TestPlantUmlConverter::verdicts()
{
    QFETCH(QByteArray, stderrText);
    QFETCH(QString, message);
    PlantUmlDiagram diagram;
    diagram.firstLine = 3;
    const Status verdict = plantUmlVerdict(stderrText, diagram);
    QCOMPARE(bool(verdict), message.isEmpty());
    if (!verdict)
        QCOMPARE(verdict.error().message, message);
}

void TestPlantUmlConverter::batchSizes()
{
    QCOMPARE(batchSize(-1), 1);
    QCOMPARE(batchSize(10), 1);
    QCOMPARE(batchSize(0.021), 1);
    QCOMPARE(batchSize(0.02), 5);
    QCOMPARE(batchSize(0.01), 10);
    QCOMPARE(batchSize(0), 32);
}

void TestPlantUmlConverter::outputPaths_data()
{
    QTest::addColumn<QString>("output"); // %1 is the workspace
    QTest::addColumn<bool>("good");
    QTest::newRow("below") << s("%1/a/b.png") << true;
    QTest::newRow("relative") << s("a/b.SVG") << true;
    QTest::newRow("up and down again") << s("%1/a/../b.png") << true;
    QTest::newRow("through a link inside") << s("%1/inner/b.png") << true;
    QTest::newRow("outside") << s("/tmp/b.png") << false;
    QTest::newRow("up") << s("%1/../b.png") << false;
    QTest::newRow("neighbour") << s("%1-2/b.png") << false;
    QTest::newRow("through a link outside") << s("%1/outer/b.png") << false;
    QTest::newRow("through a link to nowhere") << s("%1/broken/b.png") << false;
    QTest::newRow("new folders behind a link") << s("%1/outer/x/y/b.png") << false;
    QTest::newRow("a folder") << s("%1/real.png") << false;
    QTest::newRow("the workspace") << s("%1") << false;
    QTest::newRow("another format") << s("%1/b.mp3") << false;
    QTest::newRow("none") << QString() << false;
}

void TestPlantUmlConverter::outputPaths()
{
    QFETCH(QString, output);
    QFETCH(bool, good);
    const QString workspace = path("ws");
    QVERIFY(QDir().mkpath(workspace + s("/real.png")));
    QVERIFY(QFile::link(workspace + s("/real.png"), workspace + s("/inner")));
    QVERIFY(QFile::link(m_folder->path(), workspace + s("/outer")));
    QVERIFY(QFile::link(path("nowhere"), workspace + s("/broken")));
    Job job;
    job.type = s("plantuml");
    job.outputFile = output.contains(s("%1")) ? output.arg(workspace) : output;
    const auto paths = outputPathOf(job, workspace);
    QVERIFY2(bool(paths) == good, paths ? "taken" : qPrintable(paths.error().message));
    if (paths)
        QVERIFY(paths->temporary.startsWith(workspace + s("/")));
}

void TestPlantUmlConverter::writing()
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
    // What is no ordinary file is left alone: a pipe of our own stands for all devices.
    const QString pipe = path("pipe");
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    const int reader = open(QFile::encodeName(pipe).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    QVERIFY(!writeOutput(pipe, "x"));
    ::close(reader);
    QVERIFY(QFileInfo::exists(pipe));
    // A write that fails halfway leaves nothing: here at the largest size a file of this process may have.
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

void TestPlantUmlConverter::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlConverter::cleanup()
{
    QVERIFY(close());
}

void TestPlantUmlConverter::pngAndSvg()
{
    const QByteArray classes = "@startuml\nclass A\nclass B\nA -> B\n@enduml\n"; // laid out by Graphviz
    for (int i = 0; i < 2; ++i) {
        auto result = convert(classes, "png");
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QVERIFY(output().startsWith("\x89PNG"));
        QVERIFY(output().endsWith("IEND\xae\x42\x60\x82")); // to its last byte, and nothing behind it
        result = convert(classes, "svg");
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QVERIFY(output().contains("<svg"));
        QVERIFY(output().trimmed().endsWith("</svg>"));
    }
}

void TestPlantUmlConverter::syntaxErrorThenAGoodOne()
{
    for (int i = 0; i < 3; ++i) {
        const auto bad = convert("\n@startuml\nA -> B\nfoo bar baz ->->\n@enduml\n", "png");
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, ErrorCode::ToolFailed);
        QCOMPARE(bad.error().message, s("line 4: Syntax Error?"));
        QVERIFY2(output().isEmpty(), "the picture of an error is no output");
        const auto good = convert("@startuml\nA -> B\n@enduml\n", "png");
        QVERIFY2(good, good ? "" : qPrintable(good.error().message));
    }
}

void TestPlantUmlConverter::severalDiagrams()
{
    const QByteArray two = "@startuml\nFirst -> B\n@enduml\ntext between\n@startuml other\nSecond -> B\n@enduml\n";
    QVERIFY(convert(two, "svg"));
    QVERIFY(output().contains("First"));
    QVERIFY(!output().contains("Second"));
    QVERIFY(convert(two, "svg", {}, 1));
    QVERIFY(output().contains("Second"));
    QVERIFY(!output().contains("First"));
    const auto third = convert(two, "svg", {}, 2);
    QVERIFY(!third);
    QVERIFY2(third.error().message.contains(s("index 2")), qPrintable(third.error().message));
    const auto wrong = convert("@startuml\nA -> B\n@enduml\n@startuml\nfoo bar ->->\n@enduml\n", "svg", {}, 1);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().message, s("line 5: Syntax Error?"));
}

void TestPlantUmlConverter::names_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("none") << QByteArray("A -> B\n") << QStringList();
    QTest::newRow("without a name") << QByteArray("@startuml\n@enduml") << QStringList{QString()};
    QTest::newRow("several") << QByteArray("@startuml one\n@enduml\n\n  @startmindmap two words\n@endmindmap\n@startuml\n@enduml")
                             << QStringList{s("one"), s("two words"), QString()};
    QTest::newRow("as PlantUML also has them") << QByteArray("@startuml{one.png}\n@startuml \"two\"\n@startuml(id=three)\n@startjson four.SVG\r\n")
                                               << QStringList{s("one"), s("two"), s("three"), s("four")};
}

void TestPlantUmlConverter::names()
{
    QFETCH(QByteArray, input);
    QFETCH(QStringList, names);
    QCOMPARE(plantUmlNames(input), names);
    QCOMPARE(plantUmlIncludes(s("!include a.iuml\n!theme plain\n!theme own from \"parts/x\"\n!include <lib/x>\n  !includesub b.puml!ONE\n")),
             (QStringList{s("a.iuml"), s("parts/x/puml-theme-own.puml"), s("b.puml")}));
}

void TestPlantUmlConverter::themes()
{
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "svg"));
    const QByteArray plain = output();
    const auto themed = convert("@startuml\n!theme cerulean\nA -> B\n@enduml\n", "svg");
    QVERIFY2(themed, themed ? "" : qPrintable(themed.error().message));
    QVERIFY(output() != plain && output().contains("#2FA4E7"));
    const auto unknown = convert("@startuml\n!theme nosuch\nA -> B\n@enduml\n", "svg");
    QVERIFY(!unknown);
    QVERIFY2(unknown.error().message.contains(s("nosuch")), qPrintable(unknown.error().message));
    // One of the user's own, beside the diagram.
    QVERIFY(QDir().mkpath(path("deep/themes")));
    QVERIFY(writeOutput(path("deep/themes/puml-theme-own.puml"), "skinparam backgroundColor #123456\n"));
    const auto own = convert("@startuml\n!theme own from themes\nA -> B\n@enduml\n", "svg", path("deep/in.puml"));
    QVERIFY2(own, own ? "" : qPrintable(own.error().message));
    QVERIFY(output().contains("#123456"));
}

void TestPlantUmlConverter::themesWithAnOldOne()
{
    const QString jar = s("/usr/share/plantuml/plantuml.jar");
    if (!QFile::exists(jar))
        QSKIP("Debian's PlantUML is not installed");
    qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    const auto themed = convert("\n@startuml\n!theme cerulean\nA -> B\n@enduml\n", "svg");
    const auto plain = convert("@startuml\nA -> B\n@enduml\n", "svg");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(plain);
    if (themed)
        QSKIP("Debian's PlantUML knows themes by now");
    QVERIFY2(themed.error().message.startsWith(s("line 3: this PlantUML is too old for themes")), qPrintable(themed.error().message));
}

void TestPlantUmlConverter::includesFromTheInputsFolder()
{
    QVERIFY(QDir().mkpath(path("deep")));
    QVERIFY(writeOutput(path("deep/part.iuml"), "Included -> B\n"));
    const QByteArray data = "@startuml\n!include part.iuml\n@enduml\n";
    const auto found = convert(data, "svg", path("deep/in.puml"));
    QVERIFY2(found, found ? "" : qPrintable(found.error().message));
    QVERIFY(output().contains("Included"));
    const auto missing = convert(data, "svg");
    QVERIFY(!missing);
    QVERIFY2(missing.error().message.contains(s("part.iuml")), qPrintable(missing.error().message));
}

void TestPlantUmlConverter::withoutGraphviz_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("png") << QByteArray("png");
    QTest::newRow("svg") << QByteArray("svg");
}

void TestPlantUmlConverter::withoutGraphviz()
{
    QFETCH(QByteArray, format);
    qputenv("GRAPHVIZ_DOT", "/nonexistent/dot");
    const auto classes = convert("@startuml\nclass A\nclass B\nA -> B\n@enduml\n", format.constData());
    const auto sequence = convert("@startuml\nA -> B\n@enduml\n", format.constData());
    qunsetenv("GRAPHVIZ_DOT");
    QVERIFY2(!classes, "a picture that says 'Cannot find Graphviz' is no output");
    QCOMPARE(classes.error().code, ErrorCode::ToolMissing);
    QVERIFY2(classes.error().message.contains(s("apt install graphviz")), qPrintable(classes.error().message));
    QVERIFY2(sequence, "a sequence needs no Graphviz");
}

void TestPlantUmlConverter::notInstalled()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolMissing);
    QVERIFY2(result.error().message.contains(s("apt install plantuml graphviz")), qPrintable(result.error().message));
}

void TestPlantUmlConverter::crashOfTheTool()
{
    // No jar at all: Java ends at once and says why.
    const QString jar = path("broken.jar");
    QVERIFY(writeOutput(jar, "this is no archive"));
    qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolFailed);
    QVERIFY2(result.error().message.contains(s("exit code 1")), qPrintable(result.error().message));
    QVERIFY2(result.error().detail.contains(s("jar")), qPrintable(result.error().message + s(" | ") + result.error().detail));
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png")); // the next job gets a fresh one
}

void TestPlantUmlConverter::cancel()
{
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
    begin("@startuml\nA -> B\n@enduml\n", "png");
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
}

QTEST_GUILESS_MAIN(TestPlantUmlConverter)
#include "tst_plantumlconverter.moc"
