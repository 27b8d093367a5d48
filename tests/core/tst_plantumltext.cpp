// SPDX-License-Identifier: GPL-3.0-or-later
// Extracting diagrams from PlantUML text, and the errors that PlantUML reports.
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
    void findsIncludes();
    void findsErrors_data();
    void findsErrors();
};

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
    QTest::newRow("no end before another diagram") << QByteArray("@startuml\nA -> B\n") + good << QByteArray() << 0 << s("@enduml");
    QTest::newRow("empty diagram") << QByteArray("@startuml\n' only a comment\n/' and\nanother '/\n\n@enduml\n") << QByteArray() << 0 << s("empty");
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
    QVERIFY(!diagram->hasIncludes);
}

void TestPlantUmlText::findsNames_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("none") << QByteArray("A -> B\n") << QStringList();
    QTest::newRow("diagram without a name") << QByteArray("@startuml\n@enduml") << QStringList{QString()};
    QTest::newRow("several") << QByteArray("@startuml one\n@enduml\n\n  @startmindmap two words\n@endmindmap\n@startuml\n@enduml")
                             << QStringList{s("one"), s("two words"), QString()};
    QTest::newRow("other forms of names") << QByteArray("@startuml{one.png}\n@startuml \"two\"\n@startuml(id=three)\n@startjson four.SVG\r\n")
                                               << QStringList{s("one"), s("two"), s("three"), s("four")};
}

void TestPlantUmlText::findsNames()
{
    QFETCH(QByteArray, input);
    QFETCH(QStringList, names);
    QCOMPARE(plantUmlNames(input), names);
}

void TestPlantUmlText::findsIncludes()
{
    QCOMPARE(plantUmlIncludes(s("!include a.iuml\n!theme plain\n!theme own from \"parts/x\"\n!include <lib/x>\n  !includesub b.puml!ONE\n")),
             (QStringList{s("a.iuml"), s("parts/x/puml-theme-own.puml"), s("b.puml")}));
}

void TestPlantUmlText::findsErrors_data()
{
    QTest::addColumn<QByteArray>("stderrText");
    QTest::addColumn<QString>("message");
    QTest::newRow("no output") << QByteArray() << QString();
    QTest::newRow("warning") << QByteArray("Nov 23, 2026 1:13:47 PM java.util.prefs.FileSystemPreferences$1 run\nINFO: Created user preferences directory.\n") << QString();
    QTest::newRow("syntax error") << QByteArray("ERROR\n2\nSyntax Error?\nSome diagram description contains errors\n") << s("line 5: Syntax Error?");
    QTest::newRow("error after a warning") << QByteArray("INFO: Created.\nERROR\n1\ncannot include nope.iuml\n") << s("line 4: cannot include nope.iuml");
    QTest::newRow("error without a line") << QByteArray("ERROR\nOut of paper\n") << s("Out of paper");
    QTest::newRow("no Graphviz") << QByteArray("java.io.IOException: Cannot run program \"/usr/bin/dot\": error=2, No such file or directory\n\tat java.base/java.lang.X\n")
                            << s("This diagram needs Graphviz, which is not installed (/usr/bin/dot). Install it: apt install graphviz");
    QTest::newRow("exception") << QByteArray("java.lang.NullPointerException\n\tat net.sourceforge.plantuml.Foo.bar(Foo.java:1)\n")
                                  << s("PlantUML failed with an internal error: java.lang.NullPointerException");
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

QTEST_GUILESS_MAIN(TestPlantUmlText)
#include "tst_plantumltext.moc"
