// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the PlantUML converter with the real PlantUML.
#include "core/base/processtable.h"
#include "core/formats/plantumlresult.h"
#include "core/model/job.h"
#include "core/worker/jobfiles.h"
#include "core/worker/plantumlconverter.h"
#include "places.h"
#include "tests/support/convertertest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlConverter : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlConverter()
        : ConverterTest(180000, s("in.puml")) {} // starting Java takes a second, or many on a busy machine

private Q_SLOTS:
    void init();
    void cleanup();
    void convertsToPngAndSvg();
    void processIsUsableAfterASyntaxError();
    void diagramIndexSelectsADiagram();
    void themesAreApplied();
    void oldPlantUmlReportsThatThemesAreUnsupported();
    void includesAreReadFromTheFolderOfTheInput();
    void missingGraphvizIsReported_data();
    void missingGraphvizIsReported();
    void missingPlantUmlIsReported();
    void toolThatCannotRunIsReported();
    void cancelledJobDoesNotAffectTheNextOne();
    void javaWritesOnlyToItsPrivateFolder();
    void allPagesAreDrawn_data();
    void allPagesAreDrawn();
    void pagesOfLaterDiagramsHaveTheNextNumbers();
    void includedPagesAreFound();
    void singlePictureIsNoted();
    void errorInADiagramWithPagesIsReported();
    void filesBesideTheDiagramAreFound_data();
    void filesBesideTheDiagramAreFound();
    void missingFileIsReported_data();
    void missingFileIsReported();
    void largePictureIsNotCutOff();
    void pictureOfAnErrorIsAFailure();
    void ditaaIsDrawnOnlyAsPng();
    void formulasAreDrawn_data();
    void formulasAreDrawn();
    void otherEncodingsAreRead_data();
    void otherEncodingsAreRead();
    void fileNameIsKnown();
    void simpleDiagramsShareAProcess();
    void rulesDependOnPayloadAndSettings();
    void messagesOfGraphvizAreNotes_data();
    void messagesOfGraphvizAreNotes();
    void picturesOfGraphvizArePartOfTheSvg();
    void scriptsOfGraphvizAreRefused();

private:
    Result<Conversion> convert(const QByteArray &data, const char *format, const QString &inputFile = {},
                               int diagram = 0)
    {
        return ConverterTest::convert(data, format,
                                      diagram > 0 ? QJsonObject{{s("diagram_index"), diagram}} : QJsonObject(),
                                      inputFile);
    }
    Result<Conversion> convertAllPages(const QByteArray &data, const char *format, const QString &inputFile = {},
                                       int diagram = 0)
    {
        QJsonObject payload{{s("pages"), s("all")}};
        if (diagram > 0)
            payload.insert(s("diagram_index"), diagram);
        return ConverterTest::convert(data, format, payload, inputFile);
    }
    /// Copies the files of a folder of the test data to the folder "deep" of the workspace.
    void copyData(const char *folder)
    {
        QVERIFY(QDir().mkpath(path("deep")));
        const QDir source(dataPath(folder));
        const QStringList names = source.entryList(QDir::Files);
        QVERIFY(!names.isEmpty());
        for (const QString &name : names)
            QVERIFY(QFile::copy(source.filePath(name), path("deep/") + name));
    }
    static QString dataPath(const char *name) { return s(LIFEGUARD_SOURCE_DIR "/tests/data/plantuml/") + s(name); }
    static int javaProcesses()
    {
        int count = 0;
        for (const qint64 child : ProcessTable::read().childrenOf(QCoreApplication::applicationPid())) {
            QFile name(s("/proc/%1/comm").arg(child));
            count += name.open(QIODevice::ReadOnly) && name.readAll().trimmed() == "java" ? 1 : 0;
        }
        return count;
    }
};

namespace {

QString messageOf(const Result<Conversion> &result)
{
    return result ? QString() : result.error().message;
}

} // namespace

void TestPlantUmlConverter::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlConverter::cleanup()
{
    QVERIFY(close());
}

void TestPlantUmlConverter::convertsToPngAndSvg()
{
    const QByteArray classes = "@startuml\nclass A\nclass B\nA -> B\n@enduml\n"; // needs Graphviz
    for (int i = 0; i < 2; ++i) {
        auto result = convert(classes, "png");
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QVERIFY(output().startsWith("\x89PNG"));
        QVERIFY(output().endsWith("IEND\xae\x42\x60\x82")); // complete, and nothing after it
        result = convert(classes, "svg");
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QVERIFY(output().contains("<svg"));
        QVERIFY(output().trimmed().endsWith("</svg>"));
    }
}

void TestPlantUmlConverter::processIsUsableAfterASyntaxError()
{
    for (int i = 0; i < 3; ++i) {
        const auto bad = convert("\n@startuml\nA -> B\nfoo bar baz ->->\n@enduml\n", "png");
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, ErrorCode::ToolFailed);
        QCOMPARE(bad.error().message, s("line 4: Syntax Error?"));
        QVERIFY2(output().isEmpty(), "the picture of an error message must not become the output");
        const auto good = convert("@startuml\nA -> B\n@enduml\n", "png");
        QVERIFY2(good, good ? "" : qPrintable(good.error().message));
    }
}

void TestPlantUmlConverter::diagramIndexSelectsADiagram()
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

void TestPlantUmlConverter::themesAreApplied()
{
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "svg"));
    const QByteArray plain = output();
    const auto themed = convert("@startuml\n!theme cerulean\nA -> B\n@enduml\n", "svg");
    QVERIFY2(themed, themed ? "" : qPrintable(themed.error().message));
    QVERIFY(output() != plain && output().contains("#2FA4E7"));
    const auto unknown = convert("@startuml\n!theme nosuch\nA -> B\n@enduml\n", "svg");
    QVERIFY(!unknown);
    QVERIFY2(unknown.error().message.contains(s("nosuch")), qPrintable(unknown.error().message));
    // A theme of the user, beside the diagram.
    QVERIFY(QDir().mkpath(path("deep/themes")));
    QVERIFY(writeOutput(path("deep/themes/puml-theme-own.puml"), "skinparam backgroundColor #123456\n"));
    const auto own = convert("@startuml\n!theme own from themes\nA -> B\n@enduml\n", "svg", path("deep/in.puml"));
    QVERIFY2(own, own ? "" : qPrintable(own.error().message));
    QVERIFY(output().contains("#123456"));
}

void TestPlantUmlConverter::oldPlantUmlReportsThatThemesAreUnsupported()
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
        QSKIP("Debian's PlantUML supports themes");
    QVERIFY2(themed.error().message.startsWith(s("line 3: this version of PlantUML is too old for themes")),
             qPrintable(themed.error().message));
}

void TestPlantUmlConverter::includesAreReadFromTheFolderOfTheInput()
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

void TestPlantUmlConverter::missingGraphvizIsReported_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("png") << QByteArray("png");
    QTest::newRow("svg") << QByteArray("svg");
}

void TestPlantUmlConverter::missingGraphvizIsReported()
{
    QFETCH(QByteArray, format);
    qputenv("GRAPHVIZ_DOT", "/nonexistent/dot");
    const auto classes = convert("@startuml\nclass A\nclass B\nA -> B\n@enduml\n", format.constData());
    const auto sequence = convert("@startuml\nA -> B\n@enduml\n", format.constData());
    qunsetenv("GRAPHVIZ_DOT");
    QVERIFY2(!classes, "the picture of the message 'Cannot find Graphviz' must not become the output");
    QCOMPARE(classes.error().code, ErrorCode::ToolMissing);
    QVERIFY2(classes.error().message.contains(s("apt install graphviz")), qPrintable(classes.error().message));
    QVERIFY2(sequence, "a sequence diagram must not need Graphviz");
}

void TestPlantUmlConverter::missingPlantUmlIsReported()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolMissing);
    QVERIFY2(result.error().message.contains(s("apt install plantuml graphviz")), qPrintable(result.error().message));
}

void TestPlantUmlConverter::toolThatCannotRunIsReported()
{
    // The file is not a jar: Java ends at once with an error message.
    const QString jar = path("broken.jar");
    QVERIFY(writeOutput(jar, "this is not an archive"));
    qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolFailed);
    QVERIFY2(result.error().message.contains(s("exit code 1")), qPrintable(result.error().message));
    QVERIFY2(result.error().detail.contains(s("jar")),
             qPrintable(result.error().message + s(" | ") + result.error().detail));
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png")); // the next job uses a new process
}

void TestPlantUmlConverter::cancelledJobDoesNotAffectTheNextOne()
{
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
    begin("@startuml\nA -> B\n@enduml\n", "png");
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
}

void TestPlantUmlConverter::javaWritesOnlyToItsPrivateFolder()
{
    QTemporaryDir home;
    const QByteArray before = qgetenv("HOME");
    qputenv("HOME", QFile::encodeName(home.path()));
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qputenv("HOME", before);
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QString java;
    QStringList arguments;
    for (const qint64 child : ProcessTable::read().childrenOf(QCoreApplication::applicationPid())) {
        QFile commandLine(s("/proc/%1/cmdline").arg(child));
        if (commandLine.open(QIODevice::ReadOnly))
            arguments = QString::fromLocal8Bit(commandLine.readAll()).split(QChar(u'\0'));
        if (arguments.value(0).endsWith(s("java"))) {
            java = QString::number(child);
            break;
        }
    }
    QVERIFY(!java.isEmpty());
    const QDir temporary(s("/tmp"));
    for (const QString &folder : temporary.entryList({s("hsperfdata_*")}, QDir::Dirs))
        QVERIFY2(!QFile::exists(temporary.filePath(folder) + u'/' + java), qPrintable(folder));
    QVERIFY(!QFileInfo::exists(home.filePath(s(".java"))));
    const QString folder = arguments.filter(s("-Duser.home=")).value(0).section(u'=', 1);
    QVERIFY(folder != home.path() && QFileInfo(folder).isDir());
    for (const QString &property : {s("user.home"), s("java.io.tmpdir"), s("java.util.prefs.userRoot")})
        QCOMPARE(arguments.filter(s("-D%1=").arg(property)), QStringList{s("-D%1=%2").arg(property, folder)});
    QVERIFY(close());
    QVERIFY2(!QFileInfo::exists(folder), "the private folder must be removed");
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlConverter::allPagesAreDrawn_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("svg") << QByteArray("svg");
    QTest::newRow("png") << QByteArray("png");
}

void TestPlantUmlConverter::allPagesAreDrawn()
{
    QFETCH(QByteArray, format);
    const QByteArray data = contentOf(dataPath("login.puml"));
    const auto result = convertAllPages(data, format.constData(), path("login.puml"));
    QVERIFY2(result, qPrintable(messageOf(result)));
    QCOMPARE(result->further.size(), 2);
    QCOMPARE(result->further.at(0).name, s("login_001.") + s(format.constData()));
    QCOMPARE(result->further.at(1).name, s("login_002.") + s(format.constData()));
    QCOMPARE(result->notes, QStringList());
    if (format == "png") {
        for (const QByteArray &page : {output(), result->further.at(0).content, result->further.at(1).content})
            QVERIFY(pngSize(page).isValid());
        return;
    }
    const QList<QByteArray> words{"alphaword", "bravoword", "charlieword"};
    const QList<QByteArray> pages{output(), result->further.at(0).content, result->further.at(1).content};
    for (int page = 0; page < 3; ++page) {
        for (int word = 0; word < 3; ++word)
            QCOMPARE(pages.at(page).contains(words.at(word)), page == word);
    }
}

void TestPlantUmlConverter::pagesOfLaterDiagramsHaveTheNextNumbers()
{
    // The planner names the second diagram a_002 because the first one has two pages.
    const QByteArray data = "@startuml\nA -> B\nnewpage\nB -> A\n@enduml\n"
                            "@startuml\nC -> E\nnewpage\nE -> C\n@enduml\n";
    const auto first = convertAllPages(data, "svg", path("a.puml"));
    QVERIFY2(first, qPrintable(messageOf(first)));
    QCOMPARE(first->further.value(0).name, s("a_001.svg"));
    const auto second = convertAllPages(data, "svg", path("a_002.puml"), 1);
    QVERIFY2(second, qPrintable(messageOf(second)));
    QCOMPARE(second->further.value(0).name, s("a_003.svg"));
    QVERIFY(output().contains(">C<") && !output().contains(">A<"));
}

void TestPlantUmlConverter::includedPagesAreFound()
{
    QVERIFY(QDir().mkpath(path("deep")));
    write(path("deep/part.iuml"), "A -> B : one\nnewpage\nB -> A : two <img:badge.png>\n");
    QVERIFY(QFile::copy(dataPath("beside/badge.png"), path("deep/badge.png")));
    const auto result = convertAllPages("@startuml\n!include part.iuml\n@enduml\n", "svg", path("deep/in.puml"));
    QVERIFY2(result, qPrintable(messageOf(result)));
    QCOMPARE(result->further.size(), 1);
    QVERIFY(result->further.at(0).content.contains("<image"));
    QCOMPARE(result->sources, (QStringList{path("deep/part.iuml"), path("deep/badge.png")}));
}

void TestPlantUmlConverter::singlePictureIsNoted()
{
    const auto pages = convert(contentOf(dataPath("login.puml")), "svg");
    QVERIFY2(pages, qPrintable(messageOf(pages)));
    QVERIFY(pages->further.isEmpty());
    QCOMPARE(pages->notes.size(), 1);
    QVERIFY2(pages->notes.at(0).contains(u'3') && pages->notes.at(0).contains(s("pages")),
             qPrintable(pages->notes.at(0)));
    QVERIFY(output().contains("alphaword"));
    const QByteArray two = "@startuml\nA -> B\n@enduml\n@startuml\nC -> D\n@enduml\n";
    const auto diagrams = convert(two, "svg");
    QVERIFY(diagrams);
    QCOMPARE(diagrams->notes.size(), 1);
    QVERIFY2(diagrams->notes.at(0).contains(u'2') && diagrams->notes.at(0).contains(s("diagrams")),
             qPrintable(diagrams->notes.at(0)));
    const auto chosen = convert(two, "svg", {}, 1);
    QVERIFY(chosen);
    QCOMPARE(chosen->notes, QStringList());
}

void TestPlantUmlConverter::errorInADiagramWithPagesIsReported()
{
    const auto result = convertAllPages("@startuml\nA -> B\nnewpage\nfoo bar ->->\n@enduml\n", "png");
    QCOMPARE(messageOf(result), s("line 4: Syntax Error?"));
}

void TestPlantUmlConverter::filesBesideTheDiagramAreFound_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("found"); // in the svg
    QTest::addColumn<QStringList>("sources");
    QTest::newRow("picture") << s("picture.puml") << QByteArray("<image") << QStringList{s("badge.png")};
    QTest::newRow("sprite") << s("sprite.puml") << QByteArray("<image") << QStringList{s("mark.svg")};
    QTest::newRow("data") << s("json.puml") << QByteArray("deltaword") << QStringList{s("crew.json")};
    QTest::newRow("include") << s("control-with-include.puml") << QByteArray("<image")
                             << QStringList{s("common.iuml"), s("badge.png")};
}

void TestPlantUmlConverter::filesBesideTheDiagramAreFound()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, found);
    QFETCH(QStringList, sources);
    copyData("beside");
    const QString input = path("deep/") + name;
    const auto svg = convert(contentOf(input), "svg", input);
    QVERIFY2(svg, qPrintable(messageOf(svg)));
    if (name != s("sprite.puml")) // a sprite is drawn as a path or as an image, depending on the version
        QVERIFY2(output().contains(found), output().constData());
    for (QString &source : sources)
        source.prepend(path("deep/"));
    QCOMPARE(svg->sources, sources);
    const auto png = convert(contentOf(input), "png", input);
    QVERIFY2(png, qPrintable(messageOf(png)));
    QCOMPARE(png->sources, sources);
}

void TestPlantUmlConverter::missingFileIsReported_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("message"); // part of it
    QTest::newRow("picture") << QByteArray("note \"<img:nope.png>\" as n")
                             << s("line 3: the file nope.png was not found in");
    QTest::newRow("sprite") << QByteArray("sprite x nope.svg") << s("line 3: the file nope.svg was not found in");
    QTest::newRow("data") << QByteArray("!$x = %load_json(\"nope.json\")")
                          << s("line 3: the file nope.json was not found in");
    QTest::newRow("include") << QByteArray("!include nope.iuml") << s("line 3: cannot include nope.iuml");
    QTest::newRow("include in a file") << QByteArray("!include part.iuml\nA -> B")
                                       << s("part.iuml, line 2: the file nope.png was not found in");
    QTest::newRow("UTF-16") << QByteArray("!include utf16.iuml") << s("line 3: the file utf16.iuml is saved as UTF-16");
    QTest::newRow("file that need not exist")
        << QByteArray("!$x = %load_json(\"nope.json\", \"{}\")\n!if %file_exists(\"nope\")\n!include nope\n!endif")
        << QString();
}

void TestPlantUmlConverter::missingFileIsReported()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, message);
    QVERIFY(QDir().mkpath(path("deep")));
    write(path("deep/part.iuml"), "class A\nnote \"<img:nope.png>\" as m\n");
    write(path("deep/utf16.iuml"), QByteArray("\xff\xfe") + QByteArray("c\0l\0a\0s\0s\0 \0X\0\n\0", 16));
    const auto result = convert("\n@startuml\n" + line + "\nclass A\n@enduml\n", "png", path("deep/in.puml"));
    QCOMPARE(bool(result), message.isEmpty());
    QVERIFY2(messageOf(result).startsWith(message), qPrintable(messageOf(result)));
}

void TestPlantUmlConverter::largePictureIsNotCutOff()
{
    const auto result = convert(contentOf(dataPath("wide.puml")), "png");
    QVERIFY2(result, qPrintable(messageOf(result)));
    const QSize size = pngSize(output());
    QVERIFY2(size.width() > 8192, qPrintable(QString::number(size.width())));
    QVERIFY(size.width() < 65536 && size.height() < 65536);
    // The process with the larger limit is not kept.
    EVENTUALLY(javaProcesses() == 1);
}

void TestPlantUmlConverter::pictureOfAnErrorIsAFailure()
{
    // A table instead of data rows, which would start Java for each row.
    struct Row
    {
        const char *name;
        QByteArray data;
        QString message; ///< the beginning
    };
    QList<Row> rows;
    const auto row = [&](const char *name, const char *data, const char *message) {
        rows.append({name, data, s(message)});
    };
    row("json", "@startjson\n{\"crew\": [\"Ann\", \"Ben\",, ]}\n@endjson\n",
        "line 2: PlantUML cannot read this as JSON");
    row("yaml", "@startyaml\na: 1\nb\n@endyaml\n", "line 3: PlantUML cannot read this as YAML");
    row("hcl", "@starthcl\nresource \"x\" {\n@endhcl\n", "line 2: PlantUML cannot read this as HCL");
    row("salt", "@startsalt\n{\n  [Cancel | \n  {+ foo\n@endsalt\n",
        "line 4: PlantUML cannot read this as a picture of");
    row("unknown type", "\n@startfoo\nx\n@endfoo\n",
        "line 2: this version of PlantUML does not support the diagram type: @startfoo");
    row("unsupported type", "@startproject\nx\n@endproject\n",
        "line 1: this version of PlantUML does not support the diagram type: @startproject");
    row("json in a note", "@startuml\nnote as n\n{{json\n[1,,2]\n}}\nend note\n@enduml\n",
        "line 3: PlantUML cannot read this as JSON");
    row("error in a note", "@startuml\nnote as n\n{{\nclass\n->->\n}}\nend note\n@enduml\n",
        "line 3: the diagram in the braces contains an error");
    row("dot", "@startdot\ndigraph g { a -> \n@enddot\n", "line 2: Syntax Error?");
    row("first line", "@startuml\nfoo bar\n@enduml\n", "line 2: Syntax Error?");
    row("exception", "@startgit\n* main\n** feature\n@endgit\n", "PlantUML failed with an internal error");
    for (const auto &[name, data, message] : std::as_const(rows)) {
        for (const char *format : {"svg", "png"}) {
            const auto result = convert(data, format);
            QVERIFY2(!result, qPrintable(s(name) + s(" as ") + s(format)));
            QVERIFY2(messageOf(result).startsWith(message),
                     qPrintable(s("%1 as %2: %3").arg(s(name), s(format), messageOf(result))));
        }
    }
    for (const char *format : {"svg", "png"})
        QVERIFY2(convert("@startuml\nA -> B\n@enduml\n", format), "the next job must not be affected");
}

void TestPlantUmlConverter::ditaaIsDrawnOnlyAsPng()
{
    const QByteArray data = contentOf(dataPath("plain/ditaa.puml"));
    const auto svg = convert(data, "svg");
    QCOMPARE(messageOf(svg), s("line 1: PlantUML draws diagrams of the type 'ditaa' only as png. Use the format png."));
    const auto png = convert(data, "png");
    QVERIFY2(png, qPrintable(messageOf(png)));
    QVERIFY(pngSize(output()).isValid());
}

void TestPlantUmlConverter::messagesOfGraphvizAreNotes_data()
{
    QTest::addColumn<QByteArray>("nodes");
    QTest::addColumn<QString>("note");
    QTest::newRow("colour") << QByteArray("a [color=nocolour]\n")
                            << s("Graphviz reports: nocolour is not a known color.");
    QTest::newRow("background") << QByteArray("_background=\"x y\"\na\n")
                                << s("Graphviz reports: Could not parse \"_background\" attribute in graph g");
    QByteArray many; // Graphviz has written a part of the svg before it finds the colour
    for (int i = 0; i < 100; ++i)
        many += "n" + QByteArray::number(i) + " [label=\"a node with a long label\"]\n";
    QTest::newRow("late colour") << many + "a [color=nocolour]\n"
                                 << s("Graphviz reports: nocolour is not a known color.");
}

void TestPlantUmlConverter::messagesOfGraphvizAreNotes()
{
    QFETCH(QByteArray, nodes);
    for (const char *format : {"svg", "png"}) {
        const auto result = convert("@startdot\ndigraph g {\n" + nodes + "}\n@enddot\n", format);
        QVERIFY2(result, qPrintable(messageOf(result)));
        QFETCH(QString, note);
        QVERIFY2(result->notes.contains(note), qPrintable(result->notes.join(u'\n')));
        if (pngSize(output()).isValid())
            continue;
        QVERIFY2(output().startsWith("<?xml"), output().left(200).constData());
        QXmlStreamReader reader(output());
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QVERIFY(!output().contains("not a known"));
    }
}

void TestPlantUmlConverter::picturesOfGraphvizArePartOfTheSvg()
{
    QVERIFY(QDir().mkpath(path("deep")));
    QVERIFY(QFile::copy(dataPath("beside/badge.png"), path("deep/badge.png")));
    const auto result = convert("@startdot\ndigraph g {\na [label=\"\" image=\"badge.png\"]\n}\n@enddot\n", "svg",
                                path("deep/in.puml"));
    QVERIFY2(result, qPrintable(messageOf(result)));
    const QByteArray data = "data:image/png;base64," + contentOf(path("deep/badge.png")).toBase64();
    QVERIFY2(output().contains(QByteArray("xlink:href=\"" + data + "\"")), output().right(1000).constData());
    QCOMPARE(result->notes, QStringList());
}

void TestPlantUmlConverter::scriptsOfGraphvizAreRefused()
{
    const QByteArray diagram = "@startdot\ndigraph g {\na [fontname=\"x\\\" onload=\\\"f()\"]\n}\n@enddot\n";
    const auto svg = convert(diagram, "svg");
    QVERIFY2(messageOf(svg).startsWith(s("The picture would run a script")), qPrintable(messageOf(svg)));
    const auto png = convert(diagram, "png");
    QVERIFY2(png, qPrintable(messageOf(png)));
}

void TestPlantUmlConverter::formulasAreDrawn_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("math") << contentOf(dataPath("formulas/math.puml"));
    QTest::newRow("latex") << contentOf(dataPath("formulas/latex.puml"));
    QTest::newRow("label") << QByteArray("@startuml\nclass A\nclass B\nA --> B : <math>x^2</math>\n@enduml\n");
}

void TestPlantUmlConverter::formulasAreDrawn()
{
    QFETCH(QByteArray, data);
    for (const char *format : {"svg", "png"}) {
        const auto result = convert(data, format);
        QVERIFY2(result, qPrintable(messageOf(result))); // the package plantuml depends on libjlatexmath-java
        QVERIFY2(!output().contains("x^2</text>"), "the formula must not be drawn as text");
    }
}

void TestPlantUmlConverter::otherEncodingsAreRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("word"); // svg writes letters as numbers
    QTest::newRow("UTF-16") << s("encodings/seq.puml") << QByteArray("&#321;&#243;d&#378;");
    QTest::newRow("Windows-1252") << s("encodings/cp1252.puml") << QByteArray("&#8364;");
}

void TestPlantUmlConverter::otherEncodingsAreRead()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, word);
    const auto result = convert(contentOf(dataPath(qPrintable(name))), "svg");
    QVERIFY2(result, qPrintable(messageOf(result)));
    QVERIFY2(output().contains(word), output().constData());
}

void TestPlantUmlConverter::fileNameIsKnown()
{
    const QByteArray data = "@startuml\nA -> B : in %filename()\n@enduml\n";
    QVERIFY(convert(data, "svg", path("deep-name.puml")));
    QVERIFY2(output().contains("deep-name.puml"), output().constData());
    QVERIFY(convert(data, "svg", path("other.puml")));
    QVERIFY(output().contains("other.puml"));
}

void TestPlantUmlConverter::simpleDiagramsShareAProcess()
{
    for (const char *folder : {"a", "b", "c"}) {
        QVERIFY(QDir().mkpath(path(folder)));
        const auto result = convert("@startuml\nA -> B\n@enduml\n", "svg", path(folder) + s("/in.puml"));
        QVERIFY2(result, qPrintable(messageOf(result)));
        QCOMPARE(javaProcesses(), 1);
    }
    // At most three processes are kept.
    for (const char *folder : {"a", "b", "c"}) {
        write(path(folder) + s("/part.iuml"), "A -> B\n");
        const auto result = convert("@startuml\n!include part.iuml\n@enduml\n", "svg", path(folder) + s("/in.puml"));
        QVERIFY2(result, qPrintable(messageOf(result)));
    }
    EVENTUALLY(javaProcesses() == 3);
}

void TestPlantUmlConverter::rulesDependOnPayloadAndSettings()
{
    const QString rules = m_converter->rules({}, {});
    QCOMPARE(m_converter->rules({}, {}), rules);
    ConverterSettings network;
    network.allowNetwork = true;
    ConverterSettings files;
    files.allowFiles = QStringList{s("/usr/share/pictures")};
    QSet<QString> all{rules, m_converter->rules({{s("diagram_index"), 1}}, {}),
                      m_converter->rules({{s("pages"), s("all")}}, {}), m_converter->rules({}, network),
                      m_converter->rules({}, files)};
    QCOMPARE(all.size(), 5);
    const QString jar = path("other.jar");
    write(jar, "other version");
    qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    const QString other = m_converter->rules({}, {});
    qunsetenv("PLANTUML_JAR");
    QVERIFY(other != rules);
}

QTEST_GUILESS_MAIN(TestPlantUmlConverter)
#include "tst_plantumlconverter.moc"
