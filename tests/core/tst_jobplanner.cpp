// SPDX-License-Identifier: GPL-3.0-or-later
// Which jobs files and folders make, and what CLX expects in their payloads.
#include "core/base/filecopy.h"
#include "core/config/jobtypes.h"
#include "core/submit/contenthash.h"
#include "core/submit/jobplanner.h"

#include "tests/support/asnobody.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>

#include <sys/resource.h>

using namespace lifeguard;

namespace {

const QByteArray diagram = "@startuml\nA -> B\n@enduml\n";

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace

class TestJobPlanner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = lifeguard::test::folderForNobody(); }
    void defaultOutput();
    void folders();
    void usageErrors_data();
    void usageErrors();
    void typeNamedOutright();
    void sameOutputTwice();
    void sameFileTwice();
    void outsideTheWorkspace();
    void copyInKeepsFoldersAndNames();
    void whatLiesBesideIsCopiedToo();
    void partsOfADiagramAreCopiedToo();
    void severalDiagramsInAFile();
    void workspaceBehindALink();
    void outputFolder();
    void payloadAsClxMakesIt();
    void includesChangeTheHash();
    void latin1();
    void notebooks();
    void notebookOutputs_data();
    void notebookOutputs();
    void notebookPayload();
    void outputsThatAreInputs();
    void pagesOfDrawings();
    void types();
    void oddNames();
    void whatIsReplacedCopiedAndOutside();
    void formatByType();
    void planningIsCancelled();
    void unreadableFoldersAreNamed();
    void copyLandsInTheWorkspaceOnly();
    void copyTakesNoOtherFilesPlace();
    void copyIsWholeOrNotAtAll();
    void copyWhereNothingMayBeWritten();
    void bigCopyCountsAndIsCancelled();
    void vanishedInputIsNamed();

private:
    static QStringList filesIn(const QString &folder)
    {
        return QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::System, QDir::Name);
    }
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
    }

    QString write(const QString &name, const QByteArray &content = diagram) const
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(path));
        return path;
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] PlanOptions options() const
    {
        PlanOptions options;
        options.workspace = path("ws");
        QDir().mkpath(options.workspace);
        return options;
    }
    static QStringList inputs(const JobPlan &plan)
    {
        QStringList names;
        for (const PlannedJob &job : plan.jobs)
            names.append(QFileInfo(job.job.inputFile).fileName());
        return names;
    }
    static QString reasonFor(const JobPlan &plan, const QString &path)
    {
        for (const SkippedPath &skipped : plan.skipped) {
            if (skipped.path == path)
                return skipped.reason;
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestJobPlanner::defaultOutput()
{
    const QString input = write(s("ws/course/intro.v2.puml"));
    const auto plan = planJobs({input}, options());
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 1);
    QCOMPARE(plan->jobs.at(0).job.type, s("plantuml"));
    QCOMPARE(plan->jobs.at(0).job.inputFile, input);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/course/intro.v2.png"));
    QCOMPARE(plan->format, s("png"));
    QVERIFY2(!QFileInfo::exists(path("ws/output")), "planning writes nothing");
}

void TestJobPlanner::folders()
{
    for (const char *name : {"ws/b.puml", "ws/a.PUML", "ws/deep/er/c.pu", "ws/.hidden/d.puml", "ws/output/e.puml", "ws/notes.txt", "ws/part.iuml", "ws/jobs.db"})
        write(s(name));
    QVERIFY(QFile::link(path("ws"), path("ws/deep/loop")));
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QStringList found = inputs(*plan);
    found.sort();
    QCOMPARE(found, (QStringList{s("a.PUML"), s("b.puml"), s("c.pu")}));
    QVERIFY(!reasonFor(*plan, path("ws/notes.txt")).isEmpty());
    QVERIFY(reasonFor(*plan, path("ws/part.iuml")).contains(s("include")));
    QVERIFY(reasonFor(*plan, path("ws/deep/loop")).contains(s("link"))); // named, and not gone round in
    QCOMPARE(plan->skipped.size(), 3);
}

void TestJobPlanner::usageErrors_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("workspace");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown type") << s("dance") << QString() << QString() << s("ws") << s("dance");
    QTest::newRow("type without files") << s("noop") << QString() << QString() << s("ws") << s("noop");
    QTest::newRow("unknown format") << QString() << s("mp3") << QString() << s("ws") << s("png, svg");
    QTest::newRow("output outside") << QString() << QString() << s("elsewhere") << s("ws") << s("elsewhere");
    QTest::newRow("no workspace") << QString() << QString() << QString() << s("nowhere") << s("nowhere");
}

void TestJobPlanner::usageErrors()
{
    QFETCH(QString, type);
    QFETCH(QString, format);
    QFETCH(QString, output);
    QFETCH(QString, workspace);
    QFETCH(QString, named);
    PlanOptions with = options();
    with.type = type;
    with.format = format;
    with.workspace = m_folder->filePath(workspace);
    with.outputFolder = output.isEmpty() ? QString() : m_folder->filePath(output);
    const auto plan = planJobs({write(s("ws/a.puml"))}, with);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(plan.error().message.contains(named), qPrintable(plan.error().message));
}

void TestJobPlanner::typeNamedOutright()
{
    PlanOptions with = options();
    const QString text = write(s("ws/diagram.txt"));
    QVERIFY(planJobs({text}, with)->jobs.isEmpty());
    with.type = s("plantuml");
    QCOMPARE(planJobs({text}, with)->jobs.size(), 1);
    QVERIFY(planJobs({path("ws")}, with)->jobs.isEmpty());
}

void TestJobPlanner::sameOutputTwice()
{
    const QString first = write(s("ws/a.pu"));
    const QString second = write(s("ws/a.puml"));
    const auto plan = planJobs({path("ws")}, options());
    QCOMPARE(inputs(*plan), QStringList{s("a.pu")});
    QVERIFY(reasonFor(*plan, second).contains(first));
}

void TestJobPlanner::sameFileTwice()
{
    const QString file = write(s("ws/a.puml"));
    const auto plan = planJobs({file, path("ws"), path("ws/../ws/a.puml")}, options());
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY(plan->skipped.isEmpty());
}

void TestJobPlanner::outsideTheWorkspace()
{
    const QString outside = write(s("other/a.puml"));
    const QString neighbour = write(s("ws-2/a.puml")); // begins as the workspace does, and is not in it
    const auto plan = planJobs({outside, neighbour, path("nothing.puml")}, options());
    QVERIFY(plan->jobs.isEmpty());
    QVERIFY(reasonFor(*plan, outside).contains(s("outside")));
    QVERIFY(reasonFor(*plan, neighbour).contains(s("outside")));
    QVERIFY(!reasonFor(*plan, path("nothing.puml")).isEmpty());
}

void TestJobPlanner::severalDiagramsInAFile()
{
    const QByteArray three = "@startuml\nA -> B\n@enduml\n@startuml the overview/2\nC -> D\n@enduml\n@startuml\nE -> F\n@enduml\n";
    write(s("ws/a.puml"), three);
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/a.png"));
    QCOMPARE(plan->jobs.at(1).job.outputFile, path("ws/output/a-the_overview_2.png"));
    QCOMPARE(plan->jobs.at(2).job.outputFile, path("ws/output/a_002.png"));
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    QVERIFY2(!jobs->at(0).payload.contains("diagram_index"), "as CLX makes it");
    QCOMPARE(jobs->at(0).contentHash, contentHash(three));
    QCOMPARE(QJsonDocument::fromJson(jobs->at(2).payload).object().value(s("diagram_index")).toInt(), 2);
    QVERIFY(jobs->at(1).contentHash != jobs->at(2).contentHash && jobs->at(0).contentHash != jobs->at(1).contentHash);

    write(s("ws/b.puml"), "@startuml\nA -> B\n@enduml\n@startuml x\n@enduml\n@startuml x\n@enduml\n");
    const auto doubled = planJobs({path("ws/b.puml")}, options());
    QCOMPARE(doubled->jobs.size(), 2);
    QVERIFY2(reasonFor(*doubled, path("ws/b.puml")).contains(s("same name")), qPrintable(reasonFor(*doubled, path("ws/b.puml"))));
}

void TestJobPlanner::whatLiesBesideIsCopiedToo()
{
    write(s("course/slides/a.ipynb"), "{}");
    write(s("course/slides/img/picture.png"), "picture");
    write(s("course/helpers.py"), "def f(): pass\n");
    write(s("course/several.puml"), "@startuml\nA -> B\n@enduml\n@startuml\nC -> D\n@enduml\n");
    write(s("pictures/only.png"), "x");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({path("course"), path("pictures")}, with);
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->copied, 2);
    QCOMPARE(plan->beside.size(), 2);
    QVERIFY2(!reasonFor(*plan, path("pictures/only.png")).isEmpty(), "a folder without a job is not copied");
    const auto jobs = executePlan(*plan);
    QVERIFY2(jobs, jobs ? "" : qPrintable(jobs.error().message));
    QCOMPARE(jobs->size(), 3);
    QVERIFY(QFileInfo::exists(path("ws/input/course/slides/img/picture.png")));
    QVERIFY(QFileInfo::exists(path("ws/input/course/helpers.py")));
    QVERIFY(!QFileInfo::exists(path("ws/input/pictures")));
    // Again: all stands there already, and another file of that name is neither overwritten nor taken for it.
    write(s("course/helpers.py"), "def g(): pass\n");
    const auto again = planJobs({path("course")}, with);
    QVERIFY(again->beside.isEmpty());
    QVERIFY2(reasonFor(*again, path("course/helpers.py")).contains(path("ws/input/course/helpers.py")), "the user is not told");
    // Inside the workspace nothing needs to be copied.
    QVERIFY(planJobs({path("ws/input/course")}, with)->beside.isEmpty());
}

void TestJobPlanner::partsOfADiagramAreCopiedToo()
{
    const QString main = write(s("other/main.puml"), "@startuml\n!include parts/style.iuml\n!include ../above.iuml\n@enduml\n");
    write(s("other/parts/style.iuml"), "!include colours.iuml\n");
    write(s("other/parts/colours.iuml"), "skinparam backgroundColor red\n");
    write(s("above.iuml"), "A -> B\n");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({main}, with);
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY(executePlan(*plan));
    QVERIFY(QFileInfo::exists(path("ws/input/parts/style.iuml")));
    QVERIFY(QFileInfo::exists(path("ws/input/parts/colours.iuml")));
    QVERIFY2(!QFileInfo::exists(path("ws/above.iuml")), "nothing is copied to where the user did not say");
}

void TestJobPlanner::copyInKeepsFoldersAndNames()
{
    write(s("one/deep/a.puml"));
    const QString b = write(s("two/b.puml"));
    const QString otherB = write(s("three/b.puml"), "@startuml\nC -> D\n@enduml\n");
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({path("one"), b, otherB}, with);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->jobs.at(0).copyTo, path("ws/input/one/deep/a.puml"));
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/input/one/deep/a.png"));
    QCOMPARE(plan->jobs.at(1).copyTo, path("ws/input/b.puml"));
    QCOMPARE(plan->jobs.at(2).copyTo, path("ws/input/b-2.puml"));
    QVERIFY(!QFileInfo::exists(path("ws/input")));
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    QVERIFY(QFileInfo::exists(path("ws/input/one/deep/a.puml")));
    QCOMPARE(QFileInfo(path("ws/input/b-2.puml")).size(), QFileInfo(otherB).size());
    // Submitted again unchanged, the copies are used again.
    QCOMPARE(planJobs({b}, with)->jobs.at(0).copyTo, path("ws/input/b.puml"));
}

void TestJobPlanner::workspaceBehindALink()
{
    write(s("ws/a.puml"));
    QVERIFY(QFile::link(path("ws"), path("link")));
    PlanOptions with = options();
    with.workspace = path("link");
    const auto plan = planJobs({path("ws/a.puml")}, with);
    QCOMPARE(plan->jobs.size(), 1);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("link/output/a.png"));
}

void TestJobPlanner::outputFolder()
{
    const QString input = write(s("ws/course/a.puml"));
    write(s("ws/pictures/b.puml"));
    PlanOptions with = options();
    with.outputFolder = path("ws/pictures");
    with.format = s("svg");
    with.priority = 7;
    const auto plan = planJobs({path("ws")}, with);
    QCOMPARE(plan->jobs.size(), 1); // what lies in the output folder is no input
    QCOMPARE(plan->jobs.at(0).job.inputFile, input);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/pictures/course/a.svg"));
    QCOMPARE(plan->jobs.at(0).job.priority, 7);
}

void TestJobPlanner::payloadAsClxMakesIt()
{
    const QString input = write(s("ws/a.puml"), "@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n");
    const auto jobs = executePlan(*planJobs({input}, options()));
    QVERIFY(jobs);
    const NewJob job = jobs->at(0);
    const QJsonObject payload = QJsonDocument::fromJson(job.payload).object();
    QCOMPARE(payload.value(s("data")).toString().toUtf8(), QByteArray("@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n"));
    QCOMPARE(payload.value(s("input_file")).toString(), input);
    QCOMPARE(payload.value(s("input_file_name")).toString(), s("a.puml"));
    QCOMPARE(payload.value(s("output_file")).toString(), path("ws/output/a.png"));
    QCOMPARE(payload.value(s("output_file_name")).toString(), s("a.png"));
    QCOMPARE(payload.value(s("output_format")).toString(), s("png"));
    QVERIFY(!job.correlationId.isEmpty());
    QCOMPARE(payload.value(s("correlation_id")).toString(), job.correlationId);
    QCOMPARE(job.contentHash, contentHash("@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n"));
    // The value of another program: printf abc | sha256sum
    QCOMPARE(contentHash("abc"), s("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

void TestJobPlanner::includesChangeTheHash()
{
    const QString input = write(s("ws/a.puml"), "@startuml\n!include parts/style.iuml\nA -> B\n@enduml\n");
    const auto hash = [&] { return executePlan(*planJobs({input}, options()))->at(0).contentHash; };
    const QString without = hash();
    write(s("ws/parts/style.iuml"), "!include deeper.iuml\n");
    const QString with = hash();
    QVERIFY(with != without);
    write(s("ws/parts/deeper.iuml"), "skinparam shadowing false\n!include style.iuml\n");
    QVERIFY(hash() != with);
}

void TestJobPlanner::latin1()
{
    const QString input = write(s("ws/a.puml"), "@startuml\nA -> B : gr\xfc\xdf\n@enduml\n");
    const auto jobs = executePlan(*planJobs({input}, options()));
    const QJsonObject payload = QJsonDocument::fromJson(jobs->at(0).payload).object();
    QVERIFY(payload.value(s("data")).toString().contains(QString::fromUtf8("gr\xc3\xbc\xc3\x9f")));
}

void TestJobPlanner::notebooks()
{
    const QString script = write(s("ws/plain.py"), "def f():\n    # %% indented, so no cell\n    return 1 %% 2\n# %%bash\n#%%x\n");
    const QString checkpoint = write(s("ws/.ipynb_checkpoints/a-checkpoint.ipynb"), "{}");
    write(s("ws/a.ipynb"), "{}");
    write(s("ws/b.py"), "import os\n# %% [markdown]\n# Text\n");
    write(s("ws/c.py"), "\xef\xbb\xbf#%%\r\n1\r\n");
    write(s("ws/d.py"), "# %%");
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QCOMPARE(inputs(*plan), (QStringList{s("a.ipynb"), s("b.py"), s("c.py"), s("d.py")}));
    QVERIFY2(reasonFor(*plan, script).contains(s("# %%")), qPrintable(reasonFor(*plan, script)));
    PlanOptions with = options();
    with.type = s("notebook");
    QVERIFY2(planJobs({script}, with)->jobs.isEmpty(), "naming the type makes no cells");
    const QString checkpoints = QFileInfo(checkpoint).path();
    QVERIFY(planJobs({checkpoints}, options())->jobs.isEmpty());
    QVERIFY(!reasonFor(*planJobs({checkpoints}, options()), checkpoints).isEmpty());
}

void TestJobPlanner::notebookOutputs_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("metadata");
    QTest::addColumn<QString>("output");
    const QString python = s(R"({"kernelspec": {"language": "python"}})");
    QTest::newRow("default") << QString() << QString() << QString() << python << s("a.b.html");
    QTest::newRow("slides") << s("slides") << s("completed") << QString() << python << s("a.b.slides.html");
    QTest::newRow("notebook") << s("notebook") << QString() << QString() << python << s("a.b.ipynb");
    QTest::newRow("markdown") << s("markdown") << QString() << QString() << python << s("a.b.md");
    QTest::newRow("script") << s("script") << QString() << QString() << python << s("a.b.py");
    QTest::newRow("of C++") << s("script") << QString() << QString() << s(R"({"kernelspec": {"name": "xcpp17", "language": "C++17"}})") << s("a.b.cpp");
    QTest::newRow("of R") << s("script") << QString() << QString() << s(R"({"language_info": {"name": "R"}})") << s("a.b.r");
    QTest::newRow("of nobody knows what") << s("script") << QString() << QString() << s(R"({"language_info": {"name": "brainfuck"}})") << s("a.b.txt");
    QTest::newRow("says nothing") << s("script") << QString() << QString() << s("{}") << s("a.b.py");
    QTest::newRow("kind") << QString() << s("code-along") << QString() << python << s("a.b-code-along.html");
    QTest::newRow("kind and language") << s("slides") << s("speaker") << s("de") << python << s("a.b-speaker-de.slides.html");
    QTest::newRow("unknown kind") << QString() << s("finished") << QString() << python << QString();
    QTest::newRow("no language") << QString() << QString() << s("../de") << python << QString();
}

void TestJobPlanner::notebookOutputs()
{
    QFETCH(QString, format);
    QFETCH(QString, kind);
    QFETCH(QString, language);
    QFETCH(QString, metadata);
    QFETCH(QString, output);
    const QString input = write(s("ws/a.b.ipynb"), "{\"nbformat\": 4, \"cells\": [], \"metadata\": " + metadata.toUtf8() + "}");
    PlanOptions with = options();
    with.format = format;
    with.kind = kind;
    with.language = language;
    const auto plan = planJobs({input}, with);
    QCOMPARE(bool(plan), !output.isEmpty());
    if (plan)
        QCOMPARE(plan->jobs.value(0).job.outputFile, path("ws/output/") + output);
}

void TestJobPlanner::notebookPayload()
{
    const QString input = write(s("ws/a.py"), "# %%\n1\n");
    PlanOptions with = options();
    with.format = s("script");
    with.language = s("en");
    const auto jobs = executePlan(*planJobs({input}, with));
    QVERIFY(jobs);
    const QJsonObject payload = QJsonDocument::fromJson(jobs->at(0).payload).object();
    const auto said = [&](const char *key) { return payload.value(s(key)).toString(); };
    QCOMPARE(jobs->at(0).type, s("notebook"));
    QCOMPARE(said("data"), s("# %%\n1\n"));
    QCOMPARE(said("kind"), s("completed"));
    QCOMPARE(said("prog_lang"), s("python"));
    QCOMPARE(said("language"), s("en"));
    QCOMPARE(said("format"), s("code"));
    QCOMPARE(said("output_file_name"), s("a-en.py"));
    QCOMPARE(jobs->at(0).contentHash, contentHash("completed:python:en:code:# %%\n1\n"));
    // The value of another program: printf 'completed:python:en:html:abc' | sha256sum
    const QJsonObject other{{s("kind"), s("completed")}, {s("prog_lang"), s("python")}, {s("language"), s("en")}, {s("format"), s("html")}, {s("data"), s("abc")}};
    QCOMPARE(payloadHash(s("notebook"), other),
             s("ae436707f58ebc7ac1d85e3a446c3b9679421838acfb540e5e905a051ba08ac3"));
}

void TestJobPlanner::outputsThatAreInputs()
{
    const QString notebook = write(s("ws/a.ipynb"), "{}");
    const QString script = write(s("ws/a.py"), "# %%\n");
    PlanOptions with = options();
    with.outputFolder = path("ws");
    with.format = s("notebook");
    const auto itself = planJobs({notebook}, with);
    QVERIFY(itself->jobs.isEmpty());
    QVERIFY2(reasonFor(*itself, notebook).contains(s("overwrite")), qPrintable(reasonFor(*itself, notebook)));
    // The script's output is the notebook, which is an input as well: whichever comes first.
    with.format = QString();
    with.formats = {{s("notebook"), s("notebook")}};
    QVERIFY(planJobs({script, notebook}, with)->jobs.size() <= 1);
    QVERIFY(planJobs({notebook, script}, with)->jobs.size() <= 1);
}

void TestJobPlanner::pagesOfDrawings()
{
    const QString drawing = write(s("ws/a.drawio"), "<mxfile/>");
    const QString other = write(s("ws/b.puml"));
    PlanOptions second = options();
    second.pageIndex = 1;
    const auto plan = planJobs({drawing, other}, second);
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 2);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/a-page1.png"));
    QCOMPARE(plan->jobs.at(1).job.outputFile, path("ws/output/b.png"));
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    QCOMPARE(QJsonDocument::fromJson(jobs->at(0).payload).object().value(s("page_index")).toInt(), 1);
    QVERIFY(!jobs->at(1).payload.contains("page_index"));
    const auto first = executePlan(*planJobs({drawing}, options()));
    QVERIFY2(!first->at(0).payload.contains("page_index"), "as CLX makes it");
    QCOMPARE(first->at(0).contentHash, contentHash("<mxfile/>"));
    QVERIFY2(jobs->at(0).contentHash != first->at(0).contentHash, "another page would be answered with the first one's picture");
}

void TestJobPlanner::types()
{
    QCOMPARE(jobTypeForFile(s("/x/a.IPYNB"))->name, s("notebook"));
    QCOMPARE(outputSuffix(*jobType(s("notebook")), s("slides")), s("slides.html"));
    QCOMPARE(formatOfOutput(*jobType(s("plantuml")), s("a.SVG")), s("svg"));
    QCOMPARE(formatOfOutput(*jobType(s("plantuml")), s("a.html")), QString());
    qputenv("LIFEGUARD_PYTHON", "/nonexistent/python3");
    QVERIFY(missingTools(s("notebook")).contains(s("/nonexistent/python3")));
    qunsetenv("LIFEGUARD_PYTHON");
    QCOMPARE(jobTypeForFile(s("/x/A.DrawIO"))->name, s("drawio"));
    QCOMPARE(jobTypeForFile(s("/x/a.dio"))->name, s("drawio"));
    QVERIFY(!jobTypeForFile(s("/x/a.drawio.svg")) && !jobTypeForFile(s("/x/a.xml")));
    QCOMPARE(jobTypeForFile(s("/x/A.PUML"))->name, s("plantuml"));
    QVERIFY(!jobTypeForFile(s("/x/a.iuml")));
    QVERIFY(!jobTypeForFile(s("/x/puml")));
    QVERIFY(jobType(s("noop"))->inputSuffixes.isEmpty());
    QVERIFY(!jobType(s("")));
    QVERIFY(missingTools(s("noop")).isEmpty());
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    QVERIFY(missingTools(s("plantuml")).contains(s("/nonexistent/plantuml.jar")));
    QVERIFY(missingTools(s("plantuml")).contains(s("apt install plantuml")));
    qunsetenv("PLANTUML_JAR");
}

void TestJobPlanner::oddNames()
{
    const QStringList names{s("mit Leerzeichen.puml"), s("größe.puml"), s("50%20.puml"), s("zwei\nZeilen.puml"), s("a#b?c;d'\"e.puml"), s("-o.puml")};
    for (const QString &name : names)
        write(s("ws/Übung 1/") + name);
    const auto plan = planJobs({path("ws")}, options());
    QStringList found = inputs(*plan);
    QStringList wanted = names;
    found.sort();
    wanted.sort();
    QCOMPARE(found, wanted);
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    for (const NewJob &job : *jobs) {
        QVERIFY2(QFileInfo(job.inputFile).isFile(), qPrintable(job.inputFile));
        QCOMPARE(QJsonDocument::fromJson(job.payload).object().value(s("input_file")).toString(), job.inputFile);
    }
}

void TestJobPlanner::whatIsReplacedCopiedAndOutside()
{
    write(s("ws/a.puml"));
    write(s("ws/b.puml"));
    write(s("ws/output/b.png"), "old");
    const QString outside = write(s("other/c.puml"));
    PlanOptions with = options();
    auto plan = planJobs({path("ws"), outside}, with);
    QCOMPARE(plan->jobs.size(), 2);
    QVERIFY(!plan->jobs.at(0).replaces);
    QVERIFY(plan->jobs.at(1).replaces);
    QCOMPARE(plan->replaced, 1);
    QCOMPARE(plan->outside, 1);
    QCOMPARE(plan->copied, 0);
    QVERIFY(plan->skipped.at(0).isOutside);
    QCOMPARE(plan->types, QStringList{s("plantuml")});
    with.copyIn = true;
    plan = planJobs({path("ws"), outside}, with);
    QCOMPARE(plan->outside, 0);
    QCOMPARE(plan->copied, 1);
    QCOMPARE(plan->jobs.at(2).copyBytes, diagram.size());
}

void TestJobPlanner::formatByType()
{
    const QString input = write(s("ws/a.puml"));
    PlanOptions with = options();
    with.formats.insert(s("plantuml"), s("svg"));
    QCOMPARE(planJobs({input}, with)->jobs.at(0).job.outputFile, path("ws/output/a.svg"));
    with.formats.insert(s("plantuml"), s("mp3"));
    QCOMPARE(planJobs({input}, with).error().code, ErrorCode::InvalidArgument);
}

void TestJobPlanner::planningIsCancelled()
{
    for (int i = 0; i < 20; ++i)
        write(s("ws/%1.puml").arg(i));
    Progress progress;
    QCOMPARE(planJobs({path("ws")}, options(), &progress)->jobs.size(), 20);
    QCOMPARE(progress.done.load(), 20);
    progress.cancelled = true;
    QCOMPARE(planJobs({path("ws")}, options(), &progress).error().code, ErrorCode::Cancelled);
}

void TestJobPlanner::unreadableFoldersAreNamed()
{
    write(s("ws/a.puml"));
    write(s("ws/closed/b.puml"));
    QFile::setPermissions(path("ws/closed"), {});
    const auto restore = qScopeGuard([this] { QFile::setPermissions(path("ws/closed"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner); });
    const auto plan = [this] {
        const lifeguard::test::AsNobody nobody;
        return planJobs({path("ws")}, options());
    }();
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY2(!reasonFor(*plan, path("ws/closed")).isEmpty(), "an unreadable folder is passed over in silence");
}

void TestJobPlanner::copyLandsInTheWorkspaceOnly()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    QDir().mkpath(path("elsewhere"));
    QVERIFY(QFile::link(path("elsewhere"), path("ws/input")));
    const auto plan = planJobs({outside}, with);
    QVERIFY(plan->jobs.isEmpty());
    QVERIFY2(reasonFor(*plan, outside).contains(s("workspace")), qPrintable(reasonFor(*plan, outside)));
}

void TestJobPlanner::copyTakesNoOtherFilesPlace()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({outside}, with);
    QCOMPARE(plan->jobs.at(0).copyTo, path("ws/input/a.puml"));
    // Between the preview and the answer somebody else puts a file there.
    write(s("ws/input/a.puml"), "somebody else's");
    auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(path("ws/input/a.puml")), qPrintable(jobs.error().message));
    QCOMPARE(contentOf(path("ws/input/a.puml")), QByteArray("somebody else's"));
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // Asked again it gets a name of its own; the same content is not copied twice.
    QCOMPARE(planJobs({outside}, with)->jobs.at(0).copyTo, path("ws/input/a-2.puml"));
    write(s("ws/input/a.puml"), diagram);
    jobs = executePlan(*plan);
    QVERIFY(jobs);
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")});
    // A link that leads nowhere is a name that is taken, too.
    QVERIFY(QFile::remove(path("ws/input/a.puml")));
    QVERIFY(QFile::link(path("nowhere"), path("ws/input/a.puml")));
    QVERIFY(!executePlan(*plan));
    QVERIFY(!QFileInfo::exists(path("nowhere")));
}

void TestJobPlanner::copyIsWholeOrNotAtAll()
{
    const QString small = write(s("other/a.puml"));
    const QString big = write(s("other/b.puml"), QByteArray(300'000, 'x'));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({small, big}, with);
    QCOMPARE(plan->jobs.size(), 2);
    // As on a full disk: writing fails in the middle.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit tight = before;
    tight.rlim_cur = 100'000;
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto jobs = executePlan(*plan);
    setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!jobs);
    QCOMPARE(jobs.error().code, ErrorCode::DiskFull);
    QVERIFY2(jobs.error().message.contains(big), qPrintable(jobs.error().message));
    QVERIFY2(jobs.error().message.contains(s("No job was added")), qPrintable(jobs.error().message));
    QCOMPARE(filesIn(path("ws/input")), QStringList{s("a.puml")}); // nothing half-written, under no name
    QVERIFY(executePlan(*plan));
    QCOMPARE(QFileInfo(path("ws/input/b.puml")).size(), 300'000);
    QCOMPARE(filesIn(path("ws/input")).size(), 2);
}

void TestJobPlanner::copyWhereNothingMayBeWritten()
{
    const QString outside = write(s("other/a.puml"));
    PlanOptions with = options();
    with.copyIn = true;
    const auto plan = planJobs({outside}, with);
    write(s("ws/input"), "a file where the folder should be");
    auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(path("ws/input")), qPrintable(jobs.error().message));
    QVERIFY(QFile::remove(path("ws/input")));
    QDir().mkpath(path("ws/input"));
    QFile::setPermissions(path("ws/input"), QFile::ReadOwner | QFile::ExeOwner);
    {
        const lifeguard::test::AsNobody nobody;
        jobs = executePlan(*plan);
    }
    QVERIFY(!jobs);
    QCOMPARE(jobs.error().code, ErrorCode::PermissionDenied);
    QVERIFY2(jobs.error().message.contains(path("ws/input")), qPrintable(jobs.error().message));
}

void TestJobPlanner::bigCopyCountsAndIsCancelled()
{
    const QString big = write(s("other/b.puml"), QByteArray(5'000'000, 'x'));
    Progress progress;
    QVERIFY(copyToNew(big, path("ws/copy"), &progress));
    QCOMPARE(progress.done.load(), 5'000'000);
    QVERIFY(haveSameContent(big, path("ws/copy")));
    progress.cancelled = true;
    const Status stopped = copyToNew(big, path("ws/second/copy"), &progress);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY(filesIn(path("ws/second")).isEmpty());

    PlanOptions with = options();
    with.copyIn = true;
    Progress whole;
    QVERIFY(executePlan(*planJobs({big}, with), &whole));
    QCOMPARE(whole.total.load(), 5'000'001);
    QCOMPARE(whole.done.load(), whole.total.load());
    QVERIFY(executePlan(*planJobs({big}, with), &whole)); // the copy is there: counted all the same
    QCOMPARE(whole.done.load(), 2 * whole.total.load());
}

void TestJobPlanner::vanishedInputIsNamed()
{
    const QString input = write(s("ws/a.puml"));
    const auto plan = planJobs({input}, options());
    QVERIFY(QFile::remove(input));
    const auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(input), qPrintable(jobs.error().message));
}

QTEST_GUILESS_MAIN(TestJobPlanner)
#include "tst_jobplanner.moc"
