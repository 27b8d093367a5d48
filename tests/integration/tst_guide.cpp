// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the user's guide matches the programs: the errors of jobs are explained, and the named options exist.
#include "core/config/configfile.h"
#include "core/config/poolfields.h"
#include "core/config/poolspec.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QString guideText(const QString &name)
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/resources/help/") + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

class TestGuide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorsAreExplained_data();
    void errorsAreExplained();
    void optionsExist_data();
    void optionsExist();
    void keysOfPoolsAreExplained();
    void keysOfFilesAreExplained();
    void examplesOfKeysAreValid();
    void commandsForFilesWork();
    void examplesOfHistoryWork();
    void linksHaveTargets();
    void commandsToPoolsWork();
};

void TestGuide::errorsAreExplained_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("message");
    const auto notebook = [](const QByteArray &cell, const QByteArray &kernel = "python3") {
        return QByteArray(
            "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {\"kernelspec\": {\"name\": \"" + kernel
            + "\", \"display_name\": \"x\"}}, \"cells\": [{\"cell_type\": \"code\", \"id\": \"a\", \"metadata\": {}, "
              "\"execution_count\": null, \"outputs\": [], \"source\": \""
            + cell + "\"}]}");
    };
    const QByteArray empty = "<mxfile><diagram name=\"Page-1\"><mxGraphModel><root><mxCell "
                             "id=\"0\"/></root></mxGraphModel></diagram></mxfile>";
    QTest::newRow("PlantUML syntax error")
        << s("a.puml") << QByteArray("@startuml\nfoo bar ->->\n@enduml\n") << QStringList() << s("Syntax Error?");
    QTest::newRow("missing PlantUML include") << s("a.puml") << QByteArray("@startuml\n!include style.iuml\n@enduml\n")
                                              << QStringList() << s("cannot include style.iuml");
    QTest::newRow("missing @enduml") << s("a.puml") << QByteArray("@startuml\nA -> B\n") << QStringList()
                                     << s("the diagram that begins here has no '@enduml'");
    QTest::newRow("not a draw.io file") << s("a.drawio") << QByteArray("hello") << QStringList()
                                        << s("This is not a draw.io file");
    QTest::newRow("empty drawing") << s("a.drawio") << empty << QStringList()
                                   << s("There is nothing to draw: page 0 (\"Page-1\") is empty");
    QTest::newRow("missing page") << s("a.drawio") << empty << QStringList{s("--page-index"), s("2")}
                                  << s("There is no page with the index 2");
    QTest::newRow("error in a cell") << s("a.ipynb") << notebook("1/0") << QStringList()
                                     << s("`1/0` – ZeroDivisionError: division by zero");
    QTest::newRow("missing Python module") << s("a.ipynb") << notebook("import module_that_does_not_exist")
                                           << QStringList() << s("ModuleNotFoundError: No module named");
    QTest::newRow("missing kernel") << s("a.ipynb") << notebook("1", "ir") << QStringList()
                                    << s("The kernel 'ir' is not installed");
    QTest::newRow("killed kernel") << s("a.ipynb") << notebook("import os; os.kill(os.getpid(), 9)") << QStringList()
                                   << s("the kernel was killed (SIGKILL)");
}

void TestGuide::errorsAreExplained()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, content);
    QFETCH(QStringList, options);
    QFETCH(QString, message);
    QVERIFY2(guideText(s("converters.md")).remove(u'\\').contains(message), "the guide does not contain the message");
    CtlProgram ctl;
    QCOMPARE(ctl.call(QStringList{s("submit"), ctl.write(file, content)} + options).code, 0);
    const Outcome run = ctl.call({s("run"), s("--until-idle"), s("--timeout"), s("60")}, 90000);
    QVERIFY2(run.code == 1, run.all().constData());
    const QString error = ctl.call({s("jobs"), s("--json")}).array().first().toObject().value(s("error")).toString();
    QVERIFY2(error.contains(message), qPrintable(error));
}

void TestGuide::optionsExist_data()
{
    QTest::addColumn<QString>("name");
    const QStringList names = QDir(s(LIFEGUARD_SOURCE_DIR "/resources/help")).entryList({s("*.md")});
    QVERIFY(names.size() >= 6);
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

void TestGuide::optionsExist()
{
    QFETCH(QString, name);
    CtlProgram ctl;
    static const QRegularExpression line(s("^.*\\blifeguardctl ([\\w-]+)([^\\n#]*)"),
                                         QRegularExpression::MultilineOption);
    static const QRegularExpression option(s("(?:^|[\\s`(])(--[a-z-]+)"));
    for (auto at = line.globalMatch(guideText(name)); at.hasNext();) {
        const QRegularExpressionMatch found = at.next();
        const Outcome help = ctl.call({found.captured(1), s("--help")});
        QVERIFY2(help.code == 0, qPrintable(s("there is no command %1").arg(found.captured(1))));
        for (auto each = option.globalMatch(found.captured(2)); each.hasNext();) {
            const QString named = each.next().captured(1);
            QVERIFY2(QString::fromUtf8(help.out).contains(named),
                     qPrintable(s("%1 has no %2").arg(found.captured(1), named)));
        }
    }
}

/// All keys are explained, with their defaults.
void TestGuide::keysOfPoolsAreExplained()
{
    const QString text = guideText(s("health.md")) + guideText(s("docker.md"));
    for (const QString &key : poolSpecKeys()) {
        if (key != s("mode"))
            QVERIFY2(text.contains(u'`' + key + u'='), qPrintable(key));
    }
    WorkerConfig usual;
    const auto parsed = parsePoolSpec(
        s("noop=1,max_job_time=600,restart=on-failure,stale_after=30,hung_after=60,grace=10,registration_timeout=30"));
    QVERIFY(parsed);
    usual.type = s("noop");
    usual.mode = ExecutionMode::Auto;
    QVERIFY2(*parsed == usual, "the guide must name the defaults of the code");
}

/// All keys of configuration files are explained.
void TestGuide::keysOfFilesAreExplained()
{
    const QString text = guideText(s("configuration.md"));
    const auto check = [&text](const FieldInfo &field, const QString &section) {
        QVERIFY2(text.contains(u'`' + section + field.key + u'`'), qPrintable(section + field.key));
    };
    for (const FieldInfo &field : poolFields())
        check(field, {});
    for (const FieldInfo &field : configurationFields())
        check(field, {});
    for (const FieldInfo &field : dockerConfigFields())
        check(field, s("docker."));
    for (const FieldInfo &field : retentionFields())
        check(field, s("retention."));
    for (const FieldInfo &field : metricsFields())
        check(field, s("metrics."));
}

/// The examples in the tables of keys are accepted.
void TestGuide::examplesOfKeysAreValid()
{
    static const QRegularExpression row(s("^\\| `([^|]*) \\|[^|]*\\| `([^`]*)` \\|$"),
                                        QRegularExpression::MultilineOption);
    const auto [general, pools] = [] {
        const QString text = guideText(s("configuration.md"));
        const qsizetype middle = text.indexOf(s("The keys of a pool"));
        return std::pair(text.left(middle), text.mid(middle));
    }();
    int count = 0;
    for (auto at = row.globalMatch(general); at.hasNext(); ++count) {
        const QString example = at.next().captured(2);
        const ConfigFileResult result = parseConfigFile(example.toUtf8(), s("/etc/lifeguard.yaml"));
        QVERIFY2(result, qPrintable(result ? QString() : result.error().first().toString()));
    }
    for (auto at = row.globalMatch(pools); at.hasNext(); ++count) {
        const QString example = at.next().captured(2);
        const QString mode = example.startsWith(s("mode:")) ? QString() : s("mode: auto, ");
        const QByteArray file = s("pools: {noop: {%1%2}}").arg(mode, example).toUtf8();
        const ConfigFileResult result = parseConfigFile(file, s("/etc/lifeguard.yaml"));
        QVERIFY2(result, qPrintable(result ? QString() : result.error().first().toString()));
    }
    QVERIFY(count > 30);
}

/// Executes all commands of the page on configuration files, with the files that the page shows.
void TestGuide::commandsForFilesWork()
{
    CtlProgram ctl;
    ctl.write(s("lifeguard.yaml"), "pools:\n  plantuml: {mode: direct, count: 4}\nprofiles:\n  laptop:\n    pools:\n"
                                   "      plantuml: {count: 1}\n");
    ctl.write(s("clm.toml"), "[worker_management]\ndefault_worker_count = 2\n");
    static const QRegularExpression line(s("^    lifeguardctl ([^\\n#]*)"), QRegularExpression::MultilineOption);
    int count = 0;
    for (auto at = line.globalMatch(guideText(s("configuration.md"))); at.hasNext(); ++count) {
        QStringList arguments = QProcess::splitCommand(at.next().captured(1));
        for (QString &argument : arguments) {
            if (argument.contains(u'.'))
                argument = ctl.filePath(argument);
        }
        if (arguments.first() == s("run"))
            arguments.append(s("--until-idle"));
        const Outcome outcome = ctl.call(arguments);
        QVERIFY2(outcome.code == 0, qPrintable(arguments.join(u' ') + s(": ") + QString::fromUtf8(outcome.all())));
    }
    QVERIFY(count >= 7);
}

/// Runs the examples of the page about history in their order.
void TestGuide::examplesOfHistoryWork()
{
    CtlProgram ctl;
    QVERIFY(QDir(ctl.folder()).mkdir(s("diagrams")));
    ctl.write(s("diagrams/a.puml"), "@startuml\nA -> B\n@enduml\n");
    static const QRegularExpression example(s("^    lifeguardctl ([^\\n#]+)"), QRegularExpression::MultilineOption);
    int count = 0;
    for (auto at = example.globalMatch(guideText(s("history.md"))); at.hasNext(); ++count) {
        QStringList arguments = QProcess::splitCommand(at.next().captured(1));
        for (QString &argument : arguments) {
            if (argument == s("diagrams") || argument.endsWith(s(".db")))
                argument = ctl.filePath(argument);
        }
        const Outcome done = ctl.call(arguments);
        QVERIFY2(done.code == 0, qPrintable(arguments.join(u' ') + s(": ") + QString::fromUtf8(done.all())));
    }
    QVERIFY(count >= 12);
}

void TestGuide::linksHaveTargets()
{
    static const QRegularExpression link(s("\\]\\(([^)#:]+)\\)"));
    const QDir folder(s(LIFEGUARD_SOURCE_DIR "/resources/help"));
    for (const QString &name : folder.entryList({s("*.md")})) {
        for (auto at = link.globalMatch(guideText(name)); at.hasNext();) {
            const QString to = at.next().captured(1);
            QVERIFY2(folder.exists(to), qPrintable(name + s(" names ") + to));
        }
    }
}

/// Executes the examples of control.md, in their order.
void TestGuide::commandsToPoolsWork()
{
    CtlProgram ctl;
    QProcess run;
    int count = 0;
    static const QRegularExpression line(s("^    lifeguardctl ([^\\n#]*)"), QRegularExpression::MultilineOption);
    for (auto at = line.globalMatch(guideText(s("control.md"))); at.hasNext(); ++count) {
        const QStringList arguments = at.next().captured(1).split(u' ', Qt::SkipEmptyParts);
        if (count == 0) {
            ctl.start(run, arguments);
            QVERIFY(CtlProgram::readUntil(run, "is running").contains("is running"));
            continue;
        }
        const Outcome outcome = ctl.call(arguments);
        QVERIFY2(outcome.code == 0, qPrintable(arguments.join(u' ') + u'\n' + QString::fromUtf8(outcome.all())));
    }
    QCOMPARE(count, 13);
    run.terminate();
    QVERIFY(run.waitForFinished(patience));
}

QTEST_GUILESS_MAIN(TestGuide)
#include "tst_guide.moc"
