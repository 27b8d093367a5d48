// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which jobs files and folders produce, and which files are skipped. tst_plancopies.cpp tests copies,
// tst_planexecution.cpp payloads, and tst_plansteps.cpp the parts of the planner.
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "places.h"
#include "tests/support/plantest.h"

#include <QScopeGuard>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobPlanner : public PlanTest
{
    Q_OBJECT

private Q_SLOTS:
    void outputIsPlacedInTheOutputFolder();
    void foldersAreSearched();
    void wrongOptionsAreRejected_data();
    void wrongOptionsAreRejected();
    void explicitTypeAppliesToNamedFilesOnly();
    void secondFileWithTheSameOutputIsSkipped();
    void repeatedFileIsPlannedOnce();
    void filesOutsideTheWorkspaceAreSkipped();
    void workspaceMayBeALink();
    void chosenOutputFolderIsUsed();
    void notebooksAreRecognisedByTheirCells();
    void notebookOutputsAreNamedByFormatAndKind_data();
    void notebookOutputsAreNamedByFormatAndKind();
    void outputsMustNotBeInputs();
    void jobTypesAreFoundBySuffix();
    void planCountsReplacedAndCopiedFiles();
    void formatCanBeSetPerType();
    void drawingsAreFoundInPictures();
    void allPagesArePlanned_data();
    void allPagesArePlanned();
    void undrawnPagesAreReported();
    void drawingsWithoutThePageAreSkipped();
    void planningCanBeCancelled();
    void unreadableFoldersAreReported();
};

void TestJobPlanner::outputIsPlacedInTheOutputFolder()
{
    const QString input = write(s("ws/course/intro.v2.puml"));
    const auto plan = planJobs({input}, options());
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 1);
    QCOMPARE(plan->jobs.at(0).job.type, s("plantuml"));
    QCOMPARE(plan->jobs.at(0).job.inputFile, input);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/course/intro.v2.png"));
    QCOMPARE(plan->format, s("png"));
    QVERIFY2(!QFileInfo::exists(path("ws/output")), "planning must not write anything");
}

void TestJobPlanner::foldersAreSearched()
{
    for (const char *name : {"ws/b.puml", "ws/a.PUML", "ws/deep/er/c.pu", "ws/.hidden/d.puml", "ws/output/e.puml",
                             "ws/notes.txt", "ws/part.iuml", "ws/jobs.db"})
        write(s(name));
    QVERIFY(QFile::link(path("ws"), path("ws/deep/loop")));
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QStringList found = inputs(*plan);
    found.sort();
    QCOMPARE(found, (QStringList{s("a.PUML"), s("b.puml"), s("c.pu")}));
    QVERIFY(!reasonFor(*plan, path("ws/notes.txt")).isEmpty());
    QVERIFY(reasonFor(*plan, path("ws/part.iuml")).contains(s("include")));
    QVERIFY(reasonFor(*plan, path("ws/deep/loop")).contains(s("link"))); // reported, and not followed
    QCOMPARE(plan->skipped.size(), 3);
}

void TestJobPlanner::wrongOptionsAreRejected_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("workspace");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown type") << s("dance") << QString() << QString() << s("ws") << s("dance");
    QTest::newRow("type without input files") << s("noop") << QString() << QString() << s("ws") << s("noop");
    QTest::newRow("unknown format") << QString() << s("mp3") << QString() << s("ws") << s("png, svg");
    QTest::newRow("output folder outside the workspace")
        << QString() << QString() << s("elsewhere") << s("ws") << s("elsewhere");
    QTest::newRow("missing workspace") << QString() << QString() << QString() << s("nowhere") << s("nowhere");
}

void TestJobPlanner::wrongOptionsAreRejected()
{
    QFETCH(QString, type);
    QFETCH(QString, format);
    QFETCH(QString, output);
    QFETCH(QString, workspace);
    QFETCH(QString, message);
    PlanOptions with = options();
    with.type = type;
    with.format = format;
    with.workspace = m_folder->filePath(workspace);
    with.outputFolder = output.isEmpty() ? QString() : m_folder->filePath(output);
    const auto plan = planJobs({write(s("ws/a.puml"))}, with);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(plan.error().message.contains(message), qPrintable(plan.error().message));
}

void TestJobPlanner::explicitTypeAppliesToNamedFilesOnly()
{
    PlanOptions with = options();
    const QString text = write(s("ws/diagram.txt"));
    QVERIFY(planJobs({text}, with)->jobs.isEmpty());
    with.type = s("plantuml");
    QCOMPARE(planJobs({text}, with)->jobs.size(), 1);
    QVERIFY(planJobs({path("ws")}, with)->jobs.isEmpty());
}

void TestJobPlanner::secondFileWithTheSameOutputIsSkipped()
{
    const QString first = write(s("ws/a.pu"));
    const QString second = write(s("ws/a.puml"));
    const auto plan = planJobs({path("ws")}, options());
    QCOMPARE(inputs(*plan), QStringList{s("a.pu")});
    QVERIFY(reasonFor(*plan, second).contains(first));
}

void TestJobPlanner::repeatedFileIsPlannedOnce()
{
    const QString file = write(s("ws/a.puml"));
    const auto plan = planJobs({file, path("ws"), path("ws/../ws/a.puml")}, options());
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY(plan->skipped.isEmpty());
}

void TestJobPlanner::filesOutsideTheWorkspaceAreSkipped()
{
    const QString outside = write(s("other/a.puml"));
    const QString neighbour = write(s("ws-2/a.puml")); // a name with the same beginning as the workspace
    const auto plan = planJobs({outside, neighbour, path("nothing.puml")}, options());
    QVERIFY(plan->jobs.isEmpty());
    QVERIFY(reasonFor(*plan, outside).contains(s("outside")));
    QVERIFY(reasonFor(*plan, neighbour).contains(s("outside")));
    QVERIFY(!reasonFor(*plan, path("nothing.puml")).isEmpty());
}

void TestJobPlanner::workspaceMayBeALink()
{
    write(s("ws/a.puml"));
    QVERIFY(QFile::link(path("ws"), path("link")));
    PlanOptions with = options();
    with.workspace = path("link");
    const auto plan = planJobs({path("ws/a.puml")}, with);
    QCOMPARE(plan->jobs.size(), 1);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("link/output/a.png"));
}

void TestJobPlanner::chosenOutputFolderIsUsed()
{
    const QString input = write(s("ws/course/a.puml"));
    write(s("ws/pictures/b.puml"));
    PlanOptions with = options();
    with.outputFolder = path("ws/pictures");
    with.format = s("svg");
    with.priority = 7;
    const auto plan = planJobs({path("ws")}, with);
    QCOMPARE(plan->jobs.size(), 1); // files in the output folder are not inputs
    QCOMPARE(plan->jobs.at(0).job.inputFile, input);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/pictures/course/a.svg"));
    QCOMPARE(plan->jobs.at(0).job.priority, 7);
}

void TestJobPlanner::notebooksAreRecognisedByTheirCells()
{
    const QString script = write(s("ws/plain.py"),
                                 "def f():\n    # %% indented, so no cell\n    return 1 %% 2\n# %%bash\n#%%x\n");
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
    QVERIFY2(planJobs({script}, with)->jobs.isEmpty(),
             "an explicit type must not turn a script without cells into a notebook");
    const QString checkpoints = QFileInfo(checkpoint).path();
    QVERIFY(planJobs({checkpoints}, options())->jobs.isEmpty());
    QVERIFY(!reasonFor(*planJobs({checkpoints}, options()), checkpoints).isEmpty());
}

void TestJobPlanner::notebookOutputsAreNamedByFormatAndKind_data()
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
    QTest::newRow("script in C++") << s("script") << QString() << QString()
                                   << s(R"({"kernelspec": {"name": "xcpp17", "language": "C++17"}})") << s("a.b.cpp");
    QTest::newRow("script in R") << s("script") << QString() << QString() << s(R"({"language_info": {"name": "R"}})")
                                 << s("a.b.r");
    QTest::newRow("script in an unknown language")
        << s("script") << QString() << QString() << s(R"({"language_info": {"name": "befunge"}})") << s("a.b.txt");
    QTest::newRow("script without a language") << s("script") << QString() << QString() << s("{}") << s("a.b.py");
    QTest::newRow("kind") << QString() << s("code-along") << QString() << python << s("a.b-code-along.html");
    QTest::newRow("kind and language") << s("slides") << s("speaker") << s("de") << python
                                       << s("a.b-speaker-de.slides.html");
    QTest::newRow("unknown kind") << QString() << s("finished") << QString() << python << QString();
    QTest::newRow("invalid language") << QString() << QString() << s("../de") << python << QString();
}

void TestJobPlanner::notebookOutputsAreNamedByFormatAndKind()
{
    QFETCH(QString, format);
    QFETCH(QString, kind);
    QFETCH(QString, language);
    QFETCH(QString, metadata);
    QFETCH(QString, output);
    const QString input = write(s("ws/a.b.ipynb"),
                                "{\"nbformat\": 4, \"cells\": [], \"metadata\": " + metadata.toUtf8() + "}");
    PlanOptions with = options();
    with.format = format;
    with.kind = kind;
    with.language = language;
    const auto plan = planJobs({input}, with);
    QCOMPARE(bool(plan), !output.isEmpty());
    if (plan)
        QCOMPARE(plan->jobs.value(0).job.outputFile, path("ws/output/") + output);
}

void TestJobPlanner::outputsMustNotBeInputs()
{
    const QString notebook = write(s("ws/a.ipynb"), "{}");
    const QString script = write(s("ws/a.py"), "# %%\n");
    PlanOptions with = options();
    with.outputFolder = path("ws");
    with.format = s("notebook");
    const auto itself = planJobs({notebook}, with);
    QVERIFY(itself->jobs.isEmpty());
    QVERIFY2(reasonFor(*itself, notebook).contains(s("overwrite")), qPrintable(reasonFor(*itself, notebook)));
    // The output of the script is the notebook, which is an input as well, in either order.
    with.format = QString();
    with.formats = {{s("notebook"), s("notebook")}};
    QVERIFY(planJobs({script, notebook}, with)->jobs.size() <= 1);
    QVERIFY(planJobs({notebook, script}, with)->jobs.size() <= 1);
}

void TestJobPlanner::jobTypesAreFoundBySuffix()
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
    for (const char *container : {"/x/a.drawio.svg", "/x/a.PNG", "/x/a.drawio.html", "/x/a.xml"})
        QCOMPARE(jobTypeForContainer(s(container))->name, s("drawio"));
    QVERIFY(!jobTypeForContainer(s("/x/a.txt")) && !jobTypeForContainer(s("/x/a.drawio")));
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

void TestJobPlanner::planCountsReplacedAndCopiedFiles()
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

void TestJobPlanner::formatCanBeSetPerType()
{
    const QString input = write(s("ws/a.puml"));
    PlanOptions with = options();
    with.formats.insert(s("plantuml"), s("svg"));
    QCOMPARE(planJobs({input}, with)->jobs.at(0).job.outputFile, path("ws/output/a.svg"));
    with.formats.insert(s("plantuml"), s("mp3"));
    QCOMPARE(planJobs({input}, with).error().code, ErrorCode::InvalidArgument);
}

void TestJobPlanner::drawingsAreFoundInPictures()
{
    for (const char *name : {"one.drawio.png", "packed.drawio.svg", "two.drawio.svg", "photo.svg"})
        QVERIFY(QFile::copy(s(LIFEGUARD_SOURCE_DIR "/tests/data/drawio/") + s(name),
                            write(s("ws/x")).chopped(1) + s(name)));
    QFile::remove(path("ws/x"));
    write(s("ws/a.xml"), "<mxfile><diagram/></mxfile>");
    const QString xml = write(s("ws/b.xml"), "<project/>");
    const QString html = write(s("ws/page.html"), "<html></html>");
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QCOMPARE(inputs(*plan),
             (QStringList{s("a.xml"), s("one.drawio.png"), s("packed.drawio.svg"), s("two.drawio.svg")}));
    QCOMPARE(plan->jobs.at(1).job.outputFile, path("ws/output/one.png"));
    QCOMPARE(plan->jobs.at(3).job.outputFile, path("ws/output/two.png"));
    for (const QString &skipped : {path("ws/photo.svg"), xml, html})
        QVERIFY2(reasonFor(*plan, skipped).contains(s("no draw.io diagram")), qPrintable(skipped));
    PlanOptions with = options();
    with.type = s("drawio");
    const auto named = planJobs({path("ws/photo.svg")}, with);
    QVERIFY(named->jobs.isEmpty() && !reasonFor(*named, path("ws/photo.svg")).isEmpty());
}

void TestJobPlanner::allPagesArePlanned_data()
{
    QTest::addColumn<QStringList>("pages");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QStringList>("outputs");
    QTest::newRow("names") << QStringList{s("Overview"), s("Two words"), s("a/../b")} << s("png")
                           << QStringList{s("d-Overview.png"), s("d-Two_words.png"), s("d-a_.._b.png")};
    QTest::newRow("equal, empty and Unicode names")
        << QStringList{s("x"), s("X"), s(""), s("Größe"), s("x"), s("X-2")} << s("svg")
        << QStringList{s("d-x.svg"),     s("d-X-2.svg"), s("d-Page-3.svg"),
                       s("d-Größe.svg"), s("d-x-5.svg"), s("d-X-2-6.svg")};
    QTest::newRow("one page keeps the usual name") << QStringList{s("Page-1")} << s("png") << QStringList{s("d.png")};
    QTest::newRow("pdf") << QStringList{s("a"), s("b")} << s("pdf") << QStringList{s("d.pdf")};
    QTest::newRow("long names") << QStringList{QString(300, u'ö'), QString(300, u'ö')} << s("png")
                                << QStringList{s("d-") + QString(50, u'ö') + s(".png"),
                                               s("d-") + QString(50, u'ö') + s("-2.png")};
}

void TestJobPlanner::allPagesArePlanned()
{
    QFETCH(QStringList, pages);
    QFETCH(QString, format);
    QByteArray file;
    for (const QString &name : pages)
        file += "<diagram name=\"" + name.toUtf8() + "\"/>";
    write(s("ws/d.drawio"), "<mxfile>" + file + "</mxfile>");
    PlanOptions with = options();
    with.allPages = true;
    with.format = format;
    const auto plan = planJobs({path("ws")}, with);
    QVERIFY(plan);
    QStringList outputs;
    for (const PlannedJob &job : plan->jobs)
        outputs.append(QFileInfo(job.job.outputFile).fileName());
    QTEST(outputs, "outputs");
    QVERIFY(plan->undrawnPages.isEmpty());
    if (format == s("pdf"))
        QCOMPARE(plan->jobs.at(0).payload.value(s("pages")).toString(), s("all"));
    else if (pages.size() > 1)
        QCOMPARE(plan->jobs.last().payload.value(s("page_index")).toInt(), int(pages.size()) - 1);
}

void TestJobPlanner::undrawnPagesAreReported()
{
    write(s("ws/one.drawio"), "<mxfile><diagram/></mxfile>");
    write(s("ws/three.drawio"), "<mxfile><diagram/><diagram/><diagram/></mxfile>");
    const auto plan = planJobs({path("ws")}, options());
    QCOMPARE(plan->jobs.size(), 2);
    QCOMPARE(plan->undrawnPages.size(), 1);
    QCOMPARE(plan->undrawnPages.at(0).path, path("ws/three.drawio"));
    QCOMPARE(plan->undrawnPages.at(0).pages, 3);
    QCOMPARE(plan->undrawnPages.at(0).drawn, 0);
}

void TestJobPlanner::drawingsWithoutThePageAreSkipped()
{
    const QString one = write(s("ws/one.drawio"), "<mxfile><diagram/></mxfile>");
    write(s("ws/three.drawio"), "<mxfile><diagram/><diagram/><diagram/></mxfile>");
    write(s("ws/broken.drawio"), "<mxfile>");
    write(s("ws/a.puml"));
    PlanOptions with = options();
    with.pageIndex = 1;
    const auto plan = planJobs({path("ws")}, with);
    QCOMPARE(inputs(*plan), (QStringList{s("a.puml"), s("broken.drawio"), s("three.drawio")}));
    QVERIFY2(reasonFor(*plan, one).contains(s("no page with the index 1")), qPrintable(reasonFor(*plan, one)));
}

void TestJobPlanner::planningCanBeCancelled()
{
    for (int i = 0; i < 20; ++i)
        write(s("ws/%1.puml").arg(i));
    Progress progress;
    QCOMPARE(planJobs({path("ws")}, options(), &progress)->jobs.size(), 20);
    QCOMPARE(progress.done.load(), 20);
    progress.cancelled = true;
    QCOMPARE(planJobs({path("ws")}, options(), &progress).error().code, ErrorCode::Cancelled);
}

void TestJobPlanner::unreadableFoldersAreReported()
{
    write(s("ws/a.puml"));
    write(s("ws/closed/b.puml"));
    QFile::setPermissions(path("ws/closed"), {});
    const auto restore = qScopeGuard(
        [this] { QFile::setPermissions(path("ws/closed"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner); });
    const auto plan = [this] {
        const AsNobody nobody;
        return planJobs({path("ws")}, options());
    }();
    QCOMPARE(plan->jobs.size(), 1);
    QVERIFY2(!reasonFor(*plan, path("ws/closed")).isEmpty(), "an unreadable folder must be reported");
}

QTEST_GUILESS_MAIN(TestJobPlanner)
#include "tst_jobplanner.moc"
