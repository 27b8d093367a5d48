// SPDX-License-Identifier: GPL-3.0-or-later
// Extracting diagrams from PlantUML text, the files to which they refer, and the errors that PlantUML reports.
#include "core/formats/plantumldata.h"
#include "core/formats/plantumlreferences.h"
#include "core/formats/plantumlresult.h"
#include "core/formats/plantumltext.h"
#include "tests/support/testhelpers.h"

#include <QObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void extractsADiagram_data();
    void extractsADiagram();
    void findsNames_data();
    void findsNames();
    void countsPages();
    void findsReferences_data();
    void findsReferences();
    void findsProperties_data();
    void findsProperties();
    void findsErrors_data();
    void findsErrors();
    void findsPicturesOfErrors_data();
    void findsPicturesOfErrors();
    void findsBrokenData_data();
    void findsBrokenData();
    void readsTheSizeOfAPng();
};

namespace {

/// Returns a diagram that begins at line 3 of its input.
PlantUmlDiagram diagramOf(const QByteArray &text)
{
    return plantUmlDiagram("\n\n" + text).value_or(PlantUmlDiagram{});
}

} // namespace

void TestPlantUmlText::extractsADiagram_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("error");
    const QByteArray good = "@startuml\nA -> B\n@enduml\n";
    QTest::newRow("plain") << good << good << 1 << QString();
    QTest::newRow("lines before the diagram") << QByteArray("hello\n\n") + good << good << 3 << QString();
    QTest::newRow("no line end at the end") << good.chopped(1) << good << 1 << QString();
    QTest::newRow("DOS line ends") << QByteArray("@startuml\r\nA -> B\r\n@enduml\r\n") << good << 1 << QString();
    QTest::newRow("old Mac line ends") << QByteArray("@startuml\rA -> B\r@enduml\r") << good << 1 << QString();
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf") + good << good << 1 << QString();
    QTest::newRow("indented") << QByteArray("  @startuml\nA -> B\n\t@enduml\n") << good << 1 << QString();
    QTest::newRow("two diagrams") << good + "@startuml\nC -> D\n@enduml\n" << good << 1 << QString();
    QTest::newRow("pipe command") << QByteArray("@startuml\n@@@format svg\nA -> B\n@enduml\n")
                                  << QByteArray("@startuml\n @@@format svg\nA -> B\n@enduml\n") << 1 << QString();
    QTest::newRow("empty file") << QByteArray() << QByteArray() << 0 << s("@startuml");
    QTest::newRow("no diagram") << QByteArray("hello\n") << QByteArray() << 0 << s("@startuml");
    QTest::newRow("no end") << QByteArray("x\n@startuml\nA -> B\n") << QByteArray() << 0 << s("line 2");
    QTest::newRow("no end before another diagram")
        << QByteArray("@startuml\nA -> B\n") + good << QByteArray() << 0 << s("@enduml");
    QTest::newRow("empty diagram") << QByteArray("@startuml\n' only a comment\n/' and\nanother '/\n\n@enduml\n")
                                   << QByteArray() << 0 << s("empty");
}

void TestPlantUmlText::extractsADiagram()
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
    QCOMPARE(diagram->type, s("uml"));
}

void TestPlantUmlText::findsNames_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("none") << QByteArray("A -> B\n") << QStringList();
    QTest::newRow("diagram without a name") << QByteArray("@startuml\n@enduml") << QStringList{QString()};
    QTest::newRow("several") << QByteArray(
        "@startuml one\n@enduml\n\n  @startmindmap two words\n@endmindmap\n@startuml\n@enduml")
                             << QStringList{s("one"), s("two words"), QString()};
    QTest::newRow("other forms of names")
        << QByteArray("@startuml{one.png}\n@startuml \"two\"\n@startuml(id=three)\n@startjson four.SVG\r\n")
        << QStringList{s("one"), s("two"), s("three"), s("four")};
}

void TestPlantUmlText::findsNames()
{
    QFETCH(QByteArray, input);
    QFETCH(QStringList, names);
    QCOMPARE(plantUmlNames(input), names);
}

void TestPlantUmlText::countsPages()
{
    QCOMPARE(plantUmlPageCounts("A -> B\n"), QList<int>());
    QCOMPARE(plantUmlPageCounts("newpage\n@startuml\nA -> B\nnewpage two\nnewpages\nB -> C\n  newpage\n@enduml\n"
                                "@startjson\n@endjson\n"),
             (QList<int>{3, 1}));
}

void TestPlantUmlText::findsReferences_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("names");
    const auto row = [](const char *name, const char *text, const QStringList &names) {
        QTest::newRow(name) << s(text) << names;
    };
    row("nothing", "A -> B : !include x\n", {});
    row("includes", "!include a.iuml\n  !includesub b.puml!ONE\n!include_many c.iuml\n!include_once \"d e.iuml\"\n",
        {s("a.iuml"), s("b.puml"), s("c.iuml"), s("d e.iuml")});
    row("import", "!import lib.zip\n", {s("lib.zip")});
    row("library", "!include <C4/C4_Context>\n!theme plain\n", {});
    row("theme", "!theme own from \"parts/x\"\n", {s("parts/x/puml-theme-own.puml")});
    row("theme of the library", "!theme own from <x>\n", {});
    row("pictures", "note \"<img:a.png> <img:b/c.svg{scale=0.5}> <img src=\"d.jpg\">\" as n\n",
        {s("a.png"), s("b/c.svg"), s("d.jpg")});
    row("picture in the text", "<img:data:image/png;base64,AAAA>\n", {});
    row("sprites", "sprite mark mark.svg\nsprite $box [8x8/16] {\nsprite x jar:a/b\nsprite y <svg viewBox>\n",
        {s("mark.svg")});
    row("data", "!$a = %load_json(\"a.json\")\n!$b = %load_json('b.json', '{}')\n!if %file_exists(\"c\")\n",
        {s("a.json"), s("b.json"), s("c")});
    row("variables", "!$dir = \"parts\"\n!define FILE x\n!include $dir/FILE.iuml\n", {s("parts/x.iuml")});
    row("variable of itself", "!$a = \"$a$a\"\n!include x.iuml\n", {s("x.iuml")});
    row("computed", "!include %dirpath()/a.iuml\n!$x = %load_json($y)\n", {});
    row("comments", "' !include a.iuml\n/' <img:b.png>\n<img:c.png> '/ <img:d.png>\n", {s("d.png")});
    row("Graphviz", "@startdot\ndigraph g {\na [image=\"a.png\" shapefile=b.png label=<<IMG SRC=\"c.png\"/>>]\n}\n",
        {s("c.png"), s("a.png"), s("b.png")});
    row("attribute that is no picture", "@startuml\na : image=x.png\n", {});
}

void TestPlantUmlText::findsReferences()
{
    QFETCH(QString, text);
    QStringList names;
    for (const PlantUmlReference &reference : plantUmlReferences(text).named)
        names.append(reference.name);
    QTEST(names, "names");
}

void TestPlantUmlText::findsProperties_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("properties");
    const auto row = [](const char *text, const char *properties) { QTest::newRow(text) << s(text) << s(properties); };
    row("A -> B", "");
    row("!include a.iuml", "files");
    row("!include $unknown/a.iuml", "computed files");
    row("newpage", "pages");
    row("page 2x1", "pages");
    row("homepage 2", "");
    row("!ifdef X", "conditions");
    row("A -> B : %filename()", "name");
    row("{{json", "embedded");
    row("<img:a.png>", "embedded files");
    row("A -> B : <math>x</math>", "formulas");
    row("@startlatex", "formulas");
}

void TestPlantUmlText::findsProperties()
{
    QFETCH(QString, text);
    const PlantUmlReferences found = plantUmlReferences(text);
    QStringList properties;
    const auto add = [&](bool has, const char *name) { properties += has ? QStringList{s(name)} : QStringList(); };
    add(found.hasComputedNames, "computed");
    add(found.hasConditions, "conditions");
    add(found.hasEmbeddedPictures, "embedded");
    add(found.readsFiles(), "files");
    add(found.hasFormulas, "formulas");
    add(found.usesFileName, "name");
    add(found.mayHavePages, "pages");
    QTEST(properties.join(u' '), "properties");
}

void TestPlantUmlText::findsErrors_data()
{
    QTest::addColumn<QByteArray>("stderrText");
    QTest::addColumn<QString>("message");
    QTest::newRow("no output") << QByteArray() << QString();
    QTest::newRow("warning") << QByteArray("Nov 23, 2026 1:13:47 PM java.util.prefs.FileSystemPreferences$1 run\nINFO: "
                                           "Created user preferences directory.\n")
                             << QString();
    QTest::newRow("syntax error") << QByteArray("ERROR\n2\nSyntax Error?\nSome diagram description contains errors\n")
                                  << s("line 5: Syntax Error?");
    QTest::newRow("error after a warning")
        << QByteArray("INFO: Created.\nERROR\n1\ncannot include nope.iuml\n") << s("line 4: cannot include nope.iuml");
    QTest::newRow("error without a line") << QByteArray("ERROR\nOut of paper\n") << s("Out of paper");
    QTest::newRow("no Graphviz")
        << QByteArray("java.io.IOException: Cannot run program \"/usr/bin/dot\": error=2, No such file or "
                      "directory\n\tat java.base/java.lang.X\n")
        << s("This diagram needs Graphviz, which is not installed (/usr/bin/dot). Install it: apt install graphviz");
    QTest::newRow("exception") << QByteArray(
        "java.lang.NullPointerException\n\tat net.sourceforge.plantuml.Foo.bar(Foo.java:1)\n")
                               << s("PlantUML failed with an internal error: java.lang.NullPointerException");
    QTest::newRow("formula") << QByteArray(
        "formula=\\x\njava.lang.reflect.InvocationTargetException\n\tat java.base/jdk.X\n\tat "
        "net.sourceforge.plantuml.math.X\nCaused by: org.scilab.forge.jlatexmath.ParseException: Unknown symbol: 'x'\n")
                             << s("line 3: the formula cannot be drawn: Unknown symbol: 'x'");
    QTest::newRow("no library for formulas")
        << QByteArray("formula=x\njava.lang.ClassNotFoundException: org.scilab.forge.jlatexmath.TeXFormula\n\tat "
                      "net.sourceforge.plantuml.math.X\n")
        << s("This diagram contains a formula, which PlantUML draws with JLaTeXMath. Install it: apt install "
             "libjlatexmath-java libbatik-java");
}

void TestPlantUmlText::findsErrors()
{
    QFETCH(QByteArray, stderrText);
    QFETCH(QString, message);
    PlantUmlDiagram diagram;
    diagram.firstLine = 3;
    const Status checked = checkPlantUmlErrors(stderrText, diagram);
    QCOMPARE(bool(checked), message.isEmpty());
    if (!checked)
        QCOMPARE(checked.error().message, message);
}

void TestPlantUmlText::findsPicturesOfErrors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("svg");
    QTest::addColumn<QString>("message"); // empty: no error
    const QByteArray json = "@startjson\n{\n\"a\": [1,,2]\n}\n@endjson\n";
    const QByteArray shown =
        "<svg><text x=\"1\">Your&#160;data&#160;does&#160;not&#160;sound&#160;like&#160;JSON&#160;data"
        "</text></svg>";
    QTest::newRow("broken data") << json << shown << s("line 5: PlantUML cannot read this as JSON.");
    QTest::newRow("picture") << json << QByteArray("<svg><text>a</text></svg>") << QString();
    QTest::newRow("diagram about the message")
        << QByteArray("@startuml\nA -> B : Your data does not sound like JSON data\n@enduml\n") << shown << QString();
    QTest::newRow("broken data in a note")
        << QByteArray("@startuml\nclass A\nnote as n\n{{json\n[1,,2]\n}}\nend note\n@enduml\n")
        << "<svg><image xlink:href=\"data:image/svg+xml;base64," + shown.toBase64() + "\"/></svg>"
        << s("line 6: PlantUML cannot read this as JSON.");
    QTest::newRow("unknown type") << QByteArray("@startfoo\nx\n@endfoo\n")
                                  << QByteArray("<svg><text>No valid @start/@end found, please check</text></svg>")
                                  << s("line 3: this version of PlantUML does not support the diagram type: @startfoo");
    QTest::newRow("picture that cannot be read")
        << QByteArray("@startuml\nA -> B\nnote \"<img:x.png>\" as n\n@enduml\n")
        << QByteArray("<svg><text>(Cannot&#160;decode)</text></svg>")
        << s("line 5: PlantUML cannot read a picture: note \"<img:x.png>\" as n");
    QTest::newRow("png") << QByteArray("@startditaa\n+-+\n@endditaa\n") << QByteArray("\x89PNG")
                         << s("line 3: PlantUML draws diagrams of the type 'ditaa' only as png. Use the format png.");
}

void TestPlantUmlText::findsPicturesOfErrors()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, svg);
    const PlantUmlDiagram diagram = diagramOf(text);
    const Status checked = checkPlantUmlSvg(svg, diagram, plantUmlReferences(QString::fromUtf8(diagram.text)));
    QTEST(checked ? QString() : checked.error().message, "message");
}

void TestPlantUmlText::findsBrokenData_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    const auto row = [](const char *name, const char *type, const char *data, int line) {
        QTest::newRow(name) << QByteArray("@start") + type + "\n" + data + "\n@end" + type + "\n" << line;
    };
    row("json", "json", "{\n\"a\": 1,\n\"b\": [1,,2]\n}", 3);
    row("json with a style", "json", "<style>\nx {\n</style>\n#highlight \"a\"\n{\n\"a\" 1\n}", 6);
    row("good json", "json", "{\"a\": 1}", -1);
    row("json from a file", "json", "!include a.json\n[,]", -1);
    row("yaml", "yaml", "a: 1\nb\nc: 2", 2);
    row("yaml with a tab", "yaml", "a:\n\t- b\n  c", 3);
    row("yaml with a bracket", "yaml", "a: [1,2\n  b", 1);
    row("good yaml", "yaml", "# x\na:\n  - b\n  - c: d\ntext: |\n  any words\n  more\nlast: 1", -1);
    row("hcl", "hcl", "resource \"x\" \"y\" {\n a = 1", 1);
    row("hcl with a quote", "hcl", "resource \"x\" \"y\" {\n a = \"1\n}", 2);
    row("salt", "salt", "{\n [Cancel | [OK]\n}", 3);
    row("another type", "uml", "{", -1);
}

void TestPlantUmlText::findsBrokenData()
{
    QFETCH(QByteArray, text);
    QTEST(brokenDataLine(diagramOf(text)), "line");
}

void TestPlantUmlText::readsTheSizeOfAPng()
{
    const QByteArray header = QByteArray("\x89PNG\r\n\x1a\n") + QByteArray::fromHex("0000000d49484452000020000000012c");
    QCOMPARE(pngSize(header), QSize(8192, 300));
    QVERIFY(!pngSize(header.left(20)).isValid());
    QVERIFY(!pngSize("<svg width=\"8192\" height=\"300\"></svg>").isValid());
}

QTEST_GUILESS_MAIN(TestPlantUmlText)
#include "tst_plantumltext.moc"
