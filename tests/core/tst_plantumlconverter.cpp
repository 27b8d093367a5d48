// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the PlantUML converter with the real PlantUML.
#include "core/base/processtable.h"
#include "core/model/job.h"
#include "core/worker/jobfiles.h"
#include "core/worker/plantumlconverter.h"
#include "tests/support/convertertest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlConverter : public ConverterTest
{
    Q_OBJECT

public:
    TestPlantUmlConverter()
        : ConverterTest(60000, s("in.puml")) {} // starting Java takes a second, or many on a busy machine

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

private:
    Result<Conversion> convert(const QByteArray &data, const char *format, const QString &inputFile = {},
                               int diagram = 0)
    {
        return ConverterTest::convert(data, format,
                                      diagram > 0 ? QJsonObject{{s("diagram_index"), diagram}} : QJsonObject(),
                                      inputFile);
    }
};

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

QTEST_GUILESS_MAIN(TestPlantUmlConverter)
#include "tst_plantumlconverter.moc"
