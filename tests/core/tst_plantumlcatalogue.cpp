// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a catalogue of diagrams of all types, and compares each with what plantuml.jar draws when it is called on the
// file itself, with the same options and without a sandbox.
#include "core/formats/plantumlresult.h"
#include "core/tools/plantumltools.h"
#include "core/worker/plantumlconverter.h"
#include "places.h"
#include "tests/support/convertertest.h"
#include "tests/support/longtests.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlCatalogue : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlCatalogue() : ConverterTest(120000, s("in.puml")) {}

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void everyTypeIsInTheCatalogue();
    void diagramsAreDrawnAsByTheJar_data();
    void diagramsAreDrawnAsByTheJar();
    void refusedDiagramsAreRefusedByTheJar_data();
    void refusedDiagramsAreRefusedByTheJar();

private:
    static QString dataPath(const QString &name) { return s(LIFEGUARD_SOURCE_DIR "/tests/data/plantuml/") + name; }
    static QStringList namesIn(const QString &folder)
    {
        return QDir(dataPath(folder)).entryList({s("*.puml")}, QDir::Files, QDir::Name);
    }
    /// Returns whether two runs of the jar itself draw the parts of this diagram in another order.
    static bool hasRandomOrder(const QString &name)
    {
        return QStringList{s("flow"), s("list-fonts"), s("list-sprites"), s("help-font")}.contains(name);
    }
    /// Returns the formats to compare. A png shows everything, too, and has more options.
    static QStringList formats() { return isLongRun() ? QStringList{s("png"), s("svg")} : QStringList{s("png")}; }
    /// Calls the jar on all diagrams of a folder. It does not stop at errors.
    void drawReferences(const QString &folder, const QString &format, const QStringList &options);
    [[nodiscard]] QString referenceFolder(const QString &folder, const QString &format) const
    {
        return m_references.filePath(folder + u'-' + format);
    }

    QTemporaryDir m_references;
};

void TestPlantUmlCatalogue::drawReferences(const QString &folder, const QString &format, const QStringList &options)
{
    const PlantUmlTools tools = PlantUmlTools::find();
    const QString classPath = (QStringList{tools.jar} + PlantUmlTools::formulaLibraries()).join(u':');
    QStringList arguments{s("-Djava.awt.headless=true"), s("-DPLANTUML_LIMIT_SIZE=8192")};
    arguments += folder == s("formulas") ? QStringList{s("-cp"), classPath, s("net.sourceforge.plantuml.Run")}
                                         : QStringList{s("-jar"), tools.jar};
    arguments += s("-t") + format;
    arguments += options;
    arguments += {s("-charset"), s("UTF-8"), s("-o"), referenceFolder(folder, format), dataPath(folder)};
    QProcess java;
    java.start(tools.java, arguments);
    QVERIFY(java.waitForFinished(8 * patience));
    QVERIFY2(QDir(referenceFolder(folder, format)).exists(), java.readAllStandardError().constData());
}

void TestPlantUmlCatalogue::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QCOMPARE(PlantUmlTools::find().missingMessage(), QString());
    for (const QString &folder : {s("diagrams"), s("plain"), s("formulas")}) {
        if (formats().contains(s("svg")))
            drawReferences(folder, s("svg"), {});
        // A skinparam, which sets the resolution, cannot be inserted into the diagrams in "plain".
        drawReferences(folder, s("png"), folder == s("diagrams") ? QStringList{s("-Sdpi=200")} : QStringList());
    }
    use(std::make_unique<PlantUmlConverter>());
}

void TestPlantUmlCatalogue::cleanupTestCase()
{
    QVERIFY(close());
}

void TestPlantUmlCatalogue::everyTypeIsInTheCatalogue()
{
    // The names of types are strings in this class of PlantUML.
    QProcess python;
    python.start(s("python3"), {s("-c"),
                                s("import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1])"
                                  ".read('net/sourceforge/plantuml/core/DiagramType.class'))"),
                                PlantUmlTools::find().jar});
    QVERIFY(python.waitForFinished(patience));
    const QString content = QString::fromLatin1(python.readAllStandardOutput());
    QVERIFY(content.contains(s("mindmap")));
    // A string in a class file: 1, the length in two bytes, the characters.
    static const QRegularExpression string(s("\\x{01}\\x{00}([\\x{02}-\\x{14}])([a-z]+)"));
    QStringList types;
    for (auto found = string.globalMatch(content); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        if (match.captured(2).size() == match.captured(1).at(0).unicode())
            types.append(match.captured(2));
    }
    types.removeIf([](const QString &word) { // the other strings of the class
        return QStringList{s("start"),  s("values"),    s("ordinal"), s("name"), s("check"),
                           s("length"), s("substring"), s("equals"),  s("clone")}
            .contains(word);
    });
    QStringList drawn;
    static const QRegularExpression start(s("^@start([a-z]+)"), QRegularExpression::MultilineOption);
    for (const QString &folder : {s("diagrams"), s("plain"), s("formulas"), s("refused")}) {
        for (const QString &name : namesIn(folder))
            drawn.append(start.match(QString::fromUtf8(contentOf(dataPath(folder + u'/' + name)))).captured(1));
    }
    for (const QString &type : {s("uml"), s("json"), s("chronology"), s("jcckit")}) // the extraction works
        QVERIFY2(types.contains(type) || type == s("jcckit"), qPrintable(types.join(u' ')));
    QStringList missing;
    for (const QString &type : std::as_const(types)) {
        const bool isType = content.contains(type.toUpper()) || type == s("def") || type == s("nwdiag")
                         || type == s("chen");
        if (isType && !drawn.contains(type))
            missing.append(type);
    }
    QCOMPARE(missing, QStringList());
    QVERIFY(drawn.size() >= 60);
}

void TestPlantUmlCatalogue::diagramsAreDrawnAsByTheJar_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("name");
    for (const QString &folder : {s("diagrams"), s("plain"), s("formulas")}) {
        for (const QString &name : namesIn(folder))
            QTest::newRow(qPrintable(folder + u'/' + name)) << folder << name;
    }
}

void TestPlantUmlCatalogue::diagramsAreDrawnAsByTheJar()
{
    QFETCH(QString, folder);
    QFETCH(QString, name);
    const QString base = QFileInfo(name).completeBaseName();
    for (const QString &format : formats()) {
        if (base == s("ditaa") && format == s("svg"))
            continue; // the jar writes a png to the svg
        const auto result = convert(contentOf(dataPath(folder + u'/' + name)), qPrintable(format));
        QVERIFY2(result, qPrintable(result ? QString() : format + s(": ") + result.error().message));
        const QByteArray reference = contentOf(referenceFolder(folder, format) + u'/' + base + u'.' + format);
        QVERIFY2(!reference.isEmpty(), qPrintable(format));
        if (hasRandomOrder(base)) {
            QCOMPARE(pngSize(output()), pngSize(reference));
            QCOMPARE(output().size() > 1000, reference.size() > 1000);
        } else { // the same bytes, and therefore the same pixels
            QVERIFY2(output() == reference, qPrintable(format + s(": the outputs differ")));
        }
    }
}

void TestPlantUmlCatalogue::refusedDiagramsAreRefusedByTheJar_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : namesIn(s("refused")))
        QTest::newRow(qPrintable(name)) << name;
}

void TestPlantUmlCatalogue::refusedDiagramsAreRefusedByTheJar()
{
    QFETCH(QString, name);
    const auto result = convert(contentOf(dataPath(s("refused/") + name)), "svg");
    QVERIFY2(!result, "A later version of PlantUML draws this diagram: move it to the folder of the others.");
    QVERIFY(!result.error().message.isEmpty());
}

QTEST_GUILESS_MAIN(TestPlantUmlCatalogue)
#include "tst_plantumlcatalogue.moc"
