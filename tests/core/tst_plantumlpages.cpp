// SPDX-License-Identifier: GPL-3.0-or-later
// Tests diagrams with several pages with a script in place of Java: with the real PlantUML, they would take too long or
// not fail.
#include "core/formats/plantumlpagenames.h"
#include "core/worker/plantumlconverter.h"
#include "tests/support/convertertest.h"
#include "tests/support/processes.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlPages : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlPages() : ConverterTest(60000, s("in.puml")) {}

private Q_SLOTS:
    void init();
    void cleanup();
    void names_data();
    void names();
    void wrongOptionsAreRefused_data();
    void wrongOptionsAreRefused();
    void manyPagesKeepTheirOrder();
    void killedProcessIsNotDrawnAgain();
    void pagesThatAreTooLargeFailTheJob();

private:
    /// Installs a script in place of Java. It is called with the options of PlantUML; $out is the folder for pages.
    void useJava(const QByteArray &script);

    const QByteArray m_diagram = "@startuml\nA -> B\nnewpage\nB -> A\n@enduml\n";
    const QJsonObject m_allPages{{s("pages"), s("all")}};
    QByteArray m_searchPath;
};

void TestPlantUmlPages::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_searchPath = qgetenv("PATH");
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlPages::cleanup()
{
    QVERIFY(close());
    qputenv("PATH", m_searchPath);
}

void TestPlantUmlPages::useJava(const QByteArray &script)
{
    QVERIFY(QDir().mkpath(path("bin")));
    writeScript(path("bin/java"), "#!/bin/bash\n"
                                  "out=\n"
                                  "while [ $# -gt 0 ]; do\n"
                                  "    case $1 in -o) out=$2 ;; esac\n"
                                  "    shift\n"
                                  "done\n"
                                      + script);
    qputenv("PATH", QFile::encodeName(path("bin")) + ':' + m_searchPath);
}

void TestPlantUmlPages::names_data()
{
    QTest::addColumn<PlantUmlPageNames>("names");
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("expected");
    QTest::newRow("second") << PlantUmlPageNames{s("a.svg"), s("svg")} << 1 << s("a_001.svg");
    QTest::newRow("capital suffix") << PlantUmlPageNames{s("a.SVG"), s("svg")} << 1 << s("a_001.svg");
    QTest::newRow("many") << PlantUmlPageNames{s("a.png"), s("png")} << 1000 << s("a_1000.png");
    QTest::newRow("number in a name") << PlantUmlPageNames{s("a_005.png"), s("png")} << 1 << s("a_005_001.png");
    QTest::newRow("later diagram") << PlantUmlPageNames{s("a_005.png"), s("png"), true} << 2 << s("a_007.png");
    QTest::newRow("reserved") << PlantUmlPageNames{s("a_005.png"), s("png"), true, 3} << 2 << s("a_007.png");
    QTest::newRow("not reserved") << PlantUmlPageNames{s("a_005.png"), s("png"), true, 2} << 2 << s("a_005-page2.png");
}

void TestPlantUmlPages::names()
{
    QFETCH(PlantUmlPageNames, names);
    QFETCH(int, page);
    QFETCH(QString, expected);
    QCOMPARE(names.name(page), expected);
}

void TestPlantUmlPages::wrongOptionsAreRefused_data()
{
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("message");
    QTest::newRow("pages") << QJsonObject{{s("pages"), s("first")}} << s("pages must be \"all\".");
    for (const QJsonValue &index : {QJsonValue(1.5), QJsonValue(-1), QJsonValue(1e10)})
        QTest::addRow("index %s", qPrintable(index.toVariant().toString()))
            << QJsonObject{{s("diagram_index"), index}} << s("diagram_index must be a number, counted from 0.");
}

void TestPlantUmlPages::wrongOptionsAreRefused()
{
    QFETCH(QJsonObject, payload);
    QFETCH(QString, message);
    const auto result = convert(m_diagram, "svg", payload);
    QVERIFY(!result);
    QCOMPARE(result.error().message, message);
}

void TestPlantUmlPages::manyPagesKeepTheirOrder()
{
    useJava("echo '<svg>0</svg>' >\"$out/diagram.svg\"\n"
            "for ((i = 1; i <= 1002; i++)); do\n"
            "    printf -v name 'diagram_%03d.svg' \"$i\"\n"
            "    echo \"<svg>$i</svg>\" >\"$out/$name\"\n"
            "done\n");
    const auto result = convert(m_diagram, "svg", m_allPages);
    QVERIFY2(result, qPrintable(result ? QString() : result.error().message));
    QCOMPARE(result->output, QByteArray("<svg>0</svg>\n"));
    QCOMPARE(result->further.size(), 1002);
    for (int page = 1; page <= 1002; ++page)
        QCOMPARE(result->further.at(page - 1).content, "<svg>" + QByteArray::number(page) + "</svg>\n");
}

/// A second attempt with a lower resolution would succeed, although nobody asked for it.
void TestPlantUmlPages::killedProcessIsNotDrawnAgain()
{
    useJava("if [ -e \"$out/../../again\" ]; then\n"
            "    echo picture >\"$out/diagram.png\"\n"
            "    exit 0\n"
            "fi\n"
            "touch \"$out/../../again\"\n"
            "kill -KILL $$\n");
    const auto result = convert(m_diagram, "png", m_allPages);
    QVERIFY(!result);
    QCOMPARE(result.error().message, s("PlantUML ended unexpectedly (SIGKILL)."));
}

void TestPlantUmlPages::pagesThatAreTooLargeFailTheJob()
{
    useJava("truncate -s 500000000 \"$out/diagram.svg\"\n");
    const auto result = convert(m_diagram, "svg", m_allPages);
    QVERIFY(!result);
    QCOMPARE(result.error().message, s("The pages of the diagram are larger than 400 MB. Divide the diagram."));
}

Q_DECLARE_METATYPE(lifeguard::PlantUmlPageNames)
QTEST_GUILESS_MAIN(TestPlantUmlPages)
#include "tst_plantumlpages.moc"
