// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the PlantUML converter with the real PlantUML.
#include "core/formats/plantumlresult.h"
#include "core/worker/jobfiles.h"
#include "tests/support/plantumltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTest>
#include <QXmlStreamReader>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlConverter : public PlantUmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void convertsToPngAndSvg();
    void processIsUsableAfterASyntaxError();
    void diagramIndexSelectsADiagram();
    void themesAreApplied();
    void includesAreReadFromTheFolderOfTheInput();
    void largePictureIsNotCutOff();
    void pictureOfAnErrorIsAFailure();
    void ditaaIsDrawnOnlyAsPng();
    void messagesOfGraphvizAreNotes_data();
    void messagesOfGraphvizAreNotes();
    void picturesOfGraphvizArePartOfTheSvg();
    void scriptsOfGraphvizAreRefused();
    void formulasAreDrawn_data();
    void formulasAreDrawn();
    void otherEncodingsAreRead_data();
    void otherEncodingsAreRead();
    void fileNameIsKnown();
    void rulesDependOnPayloadAndSettings();
};

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

void TestPlantUmlConverter::largePictureIsNotCutOff()
{
    useOwnConverter();
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
