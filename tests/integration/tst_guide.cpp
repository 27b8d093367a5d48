// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the user's guide matches the programs: the errors of jobs are explained, and the named options exist.
// tst_guidecoverage.cpp runs its examples.
#include "core/config/poolspec.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/guide.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestGuide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorsAreExplained_data();
    void errorsAreExplained();
    void optionsExist_data();
    void optionsExist();
    void keysOfPoolsAreExplained();
    void linksHaveTargets();
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
    static const QRegularExpression line(s("^.*\\blifeguardctl ([a-z-]+)([^\\n#]*)"),
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

void TestGuide::linksHaveTargets()
{
    static const QRegularExpression link(s("\\]\\(([^)#:]*)(?:#([^)]*))?\\)"));
    static const QRegularExpression heading(s("^#+ (.*)$"), QRegularExpression::MultilineOption);
    static const QRegularExpression left(s("[^a-z0-9 -]")); // what an anchor does not contain
    const QDir folder(s(LIFEGUARD_SOURCE_DIR "/resources/help"));
    for (const QString &name : guidePages()) {
        for (auto at = link.globalMatch(guideText(name)); at.hasNext();) {
            const QRegularExpressionMatch found = at.next();
            const QString to = found.captured(1);
            QVERIFY2(to.isEmpty() || folder.exists(to), qPrintable(name + s(" names ") + to));
            QStringList anchors;
            for (auto each = heading.globalMatch(guideText(to.isEmpty() ? name : to)); each.hasNext();)
                anchors << each.next().captured(1).toLower().remove(left).replace(u' ', u'-');
            const QString anchor = found.captured(2);
            QVERIFY2(anchor.isEmpty() || anchors.contains(anchor), qPrintable(name + s(" names #") + anchor));
        }
    }
}

QTEST_GUILESS_MAIN(TestGuide)
#include "tst_guide.moc"
