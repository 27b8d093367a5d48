// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which processes the PlantUML converter starts, and that jobs report tools that are missing or too old.
#include "core/base/processtable.h"
#include "core/worker/jobfiles.h"
#include "tests/support/plantumltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlantUmlProcess : public PlantUmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void oldPlantUmlReportsThatThemesAreUnsupported();
    void missingGraphvizIsReported_data();
    void missingGraphvizIsReported();
    void missingPlantUmlIsReported();
    void toolThatCannotRunIsReported();
    void cancelledJobDoesNotAffectTheNextOne();
    void javaWritesOnlyToItsPrivateFolder();
    void simpleDiagramsShareAProcess();
    void processStartedAheadDrawsTheFirstDiagram();
    void jobDuringTheStartHasItsOwnOutputAndErrors();
    void jobDuringTheStartCanBeCancelled();
    void jobAfterAFailedStartReportsItsOwnReason();
    void converterEndsDuringTheStart();

private:
    /// Uses a new converter that starts its process ahead.
    void startAhead();
};

void TestPlantUmlProcess::oldPlantUmlReportsThatThemesAreUnsupported()
{
    const QString jar = s("/usr/share/plantuml/plantuml.jar");
    if (!QFile::exists(jar))
        QSKIP("Debian's PlantUML is not installed");
    useOwnConverter();
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

void TestPlantUmlProcess::missingGraphvizIsReported_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::newRow("png") << QByteArray("png");
    QTest::newRow("svg") << QByteArray("svg");
}

void TestPlantUmlProcess::missingGraphvizIsReported()
{
    useOwnConverter();
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

void TestPlantUmlProcess::missingPlantUmlIsReported()
{
    useOwnConverter();
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolMissing);
    QVERIFY2(result.error().message.contains(s("apt install plantuml graphviz")), qPrintable(result.error().message));
}

void TestPlantUmlProcess::toolThatCannotRunIsReported()
{
    useOwnConverter();
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

void TestPlantUmlProcess::cancelledJobDoesNotAffectTheNextOne()
{
    useOwnConverter();
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
    begin("@startuml\nA -> B\n@enduml\n", "png");
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
}

void TestPlantUmlProcess::javaWritesOnlyToItsPrivateFolder()
{
    useOwnConverter();
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
    useOwnConverter(); // closes the other one
    QVERIFY2(!QFileInfo::exists(folder), "the private folder must be removed");
}

void TestPlantUmlProcess::simpleDiagramsShareAProcess()
{
    useOwnConverter();
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

void TestPlantUmlProcess::startAhead()
{
    useOwnConverter();
    m_converter->startAhead(m_folder->path(), m_settings);
}

void TestPlantUmlProcess::processStartedAheadDrawsTheFirstDiagram()
{
    startAhead();
    EVENTUALLY(javaProcesses() == 1);
    const QList<qint64> started = ProcessTable::read().childrenOf(QCoreApplication::applicationPid());
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    QVERIFY2(result, qPrintable(messageOf(result)));
    QVERIFY(output().startsWith("\x89PNG"));
    QVERIFY(output().endsWith("IEND\xae\x42\x60\x82"));
    QCOMPARE(ProcessTable::read().childrenOf(QCoreApplication::applicationPid()), started);
    useOwnConverter();
    const QByteArray ahead = output();
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
    QVERIFY2(output() == ahead, "the output must not depend on when the process was started");
}

void TestPlantUmlProcess::jobDuringTheStartHasItsOwnOutputAndErrors()
{
    startAhead();
    // Not even Graphviz, which the diagram drawn at the start uses, writes messages to this job.
    const auto bad = convert("@startuml\nA -> B\nfoo bar baz ->->\n@enduml\n", "png");
    QVERIFY(!bad);
    QCOMPARE(bad.error().message, s("line 3: Syntax Error?"));
    const auto good = convert("@startuml\nA -> B\n@enduml\n", "png");
    QVERIFY2(good, qPrintable(messageOf(good)));
    QCOMPARE(javaProcesses(), 1);
}

void TestPlantUmlProcess::jobDuringTheStartCanBeCancelled()
{
    startAhead();
    begin("@startuml\nA -> B\n@enduml\n", "png");
    m_converter->cancel();
    EVENTUALLY(m_result.has_value());
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    EVENTUALLY(javaProcesses() == 0);
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
}

void TestPlantUmlProcess::jobAfterAFailedStartReportsItsOwnReason()
{
    const QString jar = path("broken.jar");
    QVERIFY(writeOutput(jar, "this is not an archive"));
    qputenv("PLANTUML_JAR", QFile::encodeName(jar));
    startAhead();
    const auto result = convert("@startuml\nA -> B\n@enduml\n", "png");
    qunsetenv("PLANTUML_JAR");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ToolFailed);
    QVERIFY2(result.error().message.contains(s("exit code 1")), qPrintable(result.error().message));
    QVERIFY(convert("@startuml\nA -> B\n@enduml\n", "png"));
}

void TestPlantUmlProcess::converterEndsDuringTheStart()
{
    startAhead();
    EVENTUALLY(javaProcesses() == 1);
    useOwnConverter(); // closes the other one
    QCOMPARE(javaProcesses(), 0);
}

QTEST_GUILESS_MAIN(TestPlantUmlProcess)
#include "tst_plantumlprocess.moc"
