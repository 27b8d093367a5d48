// SPDX-License-Identifier: GPL-3.0-or-later
// Tests diagrams with several pages and files with several diagrams, and the files beside a diagram, with the real
// PlantUML.
#include "core/formats/plantumlresult.h"
#include "core/worker/jobfiles.h"
#include "tests/support/plantumltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlFiles : public PlantUmlTest
{
    Q_OBJECT

private Q_SLOTS:
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

private:
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
};

void TestPlantUmlFiles::allPagesAreDrawn_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("svg") << QByteArray("svg");
    QTest::newRow("png") << QByteArray("png");
}

void TestPlantUmlFiles::allPagesAreDrawn()
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

void TestPlantUmlFiles::pagesOfLaterDiagramsHaveTheNextNumbers()
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

void TestPlantUmlFiles::includedPagesAreFound()
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

void TestPlantUmlFiles::singlePictureIsNoted()
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

void TestPlantUmlFiles::errorInADiagramWithPagesIsReported()
{
    const auto result = convertAllPages("@startuml\nA -> B\nnewpage\nfoo bar ->->\n@enduml\n", "png");
    QCOMPARE(messageOf(result), s("line 4: Syntax Error?"));
}

void TestPlantUmlFiles::filesBesideTheDiagramAreFound_data()
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

void TestPlantUmlFiles::filesBesideTheDiagramAreFound()
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

void TestPlantUmlFiles::missingFileIsReported_data()
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

void TestPlantUmlFiles::missingFileIsReported()
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

QTEST_GUILESS_MAIN(TestPlantUmlFiles)
#include "tst_plantumlfiles.moc"
