// SPDX-License-Identifier: GPL-3.0-or-later
// Tests executing a plan: the payloads that CLX expects, and the hashes of jobs.
#include "core/model/job.h"
#include "core/submit/contenthash.h"
#include "places.h"
#include "tests/support/plantest.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPlanExecution : public PlanTest
{
    Q_OBJECT

private Q_SLOTS:
    void payloadHasTheKeysOfClx();
    void includesDoNotChangeTheHash();
    void latin1InputIsConvertedToUnicode();
    void notebookPayloadHasTheKeysOfClx();
    void eachDiagramOfAFileIsAJob();
    void pageOfADrawingCanBeSelected();
    void drawingsInPicturesBecomeText();
    void unusualNamesAreKept();
    void removedInputIsNamedInTheError();
};

void TestPlanExecution::payloadHasTheKeysOfClx()
{
    const QString input = write(s("ws/a.puml"), "@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n");
    const auto jobs = executePlan(*planJobs({input}, options()));
    QVERIFY(jobs);
    const NewJob job = jobs->at(0);
    const QJsonObject payload = QJsonDocument::fromJson(job.payload).object();
    QCOMPARE(payload.value(s("data")).toString().toUtf8(),
             QByteArray("@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n"));
    QCOMPARE(payload.value(s("input_file")).toString(), input);
    QCOMPARE(payload.value(s("input_file_name")).toString(), s("a.puml"));
    QCOMPARE(payload.value(s("output_file")).toString(), path("ws/output/a.png"));
    QCOMPARE(payload.value(s("output_file_name")).toString(), s("a.png"));
    QCOMPARE(payload.value(s("output_format")).toString(), s("png"));
    QVERIFY(!job.correlationId.isEmpty());
    QCOMPARE(payload.value(s("correlation_id")).toString(), job.correlationId);
    QCOMPARE(job.contentHash, contentHash("@startuml\nA -> B : gr\xc3\xbc\xc3\x9f\n@enduml\n"));
    // Computed with: printf abc | sha256sum
    QCOMPARE(contentHash("abc"), s("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

void TestPlanExecution::includesDoNotChangeTheHash()
{
    const QString input = write(s("ws/a.puml"), "@startuml\n!include parts/style.iuml\nA -> B\n@enduml\n");
    const auto hash = [&] { return executePlan(*planJobs({input}, options()))->at(0).contentHash; };
    const QString without = hash();
    write(s("ws/parts/style.iuml"), "skinparam shadowing false\n");
    QCOMPARE(hash(), without); // the hash is that of CLX; the worker itself records the files that a diagram reads
    QCOMPARE(hash(), contentHash("@startuml\n!include parts/style.iuml\nA -> B\n@enduml\n"));
}

void TestPlanExecution::latin1InputIsConvertedToUnicode()
{
    const QString input = write(s("ws/a.puml"), "@startuml\nA -> B : gr\xfc\xdf\n@enduml\n");
    const auto jobs = executePlan(*planJobs({input}, options()));
    const QJsonObject payload = QJsonDocument::fromJson(jobs->at(0).payload).object();
    QVERIFY(payload.value(s("data")).toString().contains(QString::fromUtf8("gr\xc3\xbc\xc3\x9f")));
}

void TestPlanExecution::notebookPayloadHasTheKeysOfClx()
{
    const QString input = write(s("ws/a.py"), "# %%\n1\n");
    PlanOptions with = options();
    with.format = s("script");
    with.language = s("en");
    const auto jobs = executePlan(*planJobs({input}, with));
    QVERIFY(jobs);
    const QJsonObject payload = QJsonDocument::fromJson(jobs->at(0).payload).object();
    const auto value = [&](const char *key) { return payload.value(s(key)).toString(); };
    QCOMPARE(jobs->at(0).type, s("notebook"));
    QCOMPARE(value("data"), s("# %%\n1\n"));
    QCOMPARE(value("kind"), s("completed"));
    QCOMPARE(value("prog_lang"), s("python"));
    QCOMPARE(value("language"), s("en"));
    QCOMPARE(value("format"), s("code"));
    QCOMPARE(value("output_file_name"), s("a-en.py"));
    QCOMPARE(jobs->at(0).contentHash, contentHash("completed:python:en:code:# %%\n1\n"));
    // Computed with: printf 'completed:python:en:html:abc' | sha256sum
    const QJsonObject other{{s("kind"), s("completed")},
                            {s("prog_lang"), s("python")},
                            {s("language"), s("en")},
                            {s("format"), s("html")},
                            {s("data"), s("abc")}};
    QCOMPARE(payloadHash(s("notebook"), other), s("ae436707f58ebc7ac1d85e3a446c3b9679421838acfb540e5e905a051ba08ac3"));
}

void TestPlanExecution::eachDiagramOfAFileIsAJob()
{
    const QByteArray three =
        "@startuml\nA -> B\n@enduml\n@startuml the overview/2\nC -> D\n@enduml\n@startuml\nE -> F\n@enduml\n";
    write(s("ws/a.puml"), three);
    const auto plan = planJobs({path("ws")}, options());
    QVERIFY(plan);
    QCOMPARE(plan->jobs.size(), 3);
    QCOMPARE(plan->jobs.at(0).job.outputFile, path("ws/output/a.png"));
    QCOMPARE(plan->jobs.at(1).job.outputFile, path("ws/output/a-the_overview_2.png"));
    QCOMPARE(plan->jobs.at(2).job.outputFile, path("ws/output/a_002.png"));
    const auto jobs = executePlan(*plan);
    QVERIFY(jobs);
    QVERIFY2(!jobs->at(0).payload.contains("diagram_index"), "CLX does not support this key");
    QCOMPARE(QJsonDocument::fromJson(jobs->at(2).payload).object().value(s("diagram_index")).toInt(), 2);
    for (const NewJob &job : *jobs) {
        QCOMPARE(job.contentHash, contentHash(three));
        QCOMPARE(QJsonDocument::fromJson(job.payload).object().value(s("pages")).toString(), s("all"));
    }

    // The pages of a diagram are further outputs of its job, which no other job may write.
    write(s("ws/c.puml"), "@startuml\nA -> B\nnewpage\nB -> A\n@enduml\n@startuml\nC -> D\n@enduml\n");
    write(s("ws/c_001.puml"), "@startuml\nA -> B\n@enduml\n");
    const auto pages = planJobs({path("ws/c.puml"), path("ws/c_001.puml")}, options());
    QCOMPARE(pages->jobs.size(), 2);
    QCOMPARE(pages->jobs.at(1).job.outputFile, path("ws/output/c_002.png"));
    QVERIFY2(reasonFor(*pages, path("ws/c_001.puml")).contains(s("overwrite")),
             qPrintable(reasonFor(*pages, path("ws/c_001.puml"))));

    write(s("ws/b.puml"), "@startuml\nA -> B\n@enduml\n@startuml x\n@enduml\n@startuml x\n@enduml\n");
    const auto doubled = planJobs({path("ws/b.puml")}, options());
    QCOMPARE(doubled->jobs.size(), 2);
    QVERIFY2(reasonFor(*doubled, path("ws/b.puml")).contains(s("same name")),
             qPrintable(reasonFor(*doubled, path("ws/b.puml"))));
}

void TestPlanExecution::pageOfADrawingCanBeSelected()
{
    const QByteArray two = "<mxfile><diagram name=\"A\"/><diagram name=\"B\"/></mxfile>";
    const QString drawing = write(s("ws/a.drawio"), two);
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
    QVERIFY2(!first->at(0).payload.contains("page_index"), "CLX does not support this key");
    // As in CLX. The rules of the converter distinguish the pages.
    QCOMPARE(first->at(0).contentHash, contentHash(two));
    QCOMPARE(jobs->at(0).contentHash, contentHash(two));
}

void TestPlanExecution::drawingsInPicturesBecomeText()
{
    const QString sample = s(LIFEGUARD_SOURCE_DIR "/tests/data/drawio/one.drawio.png");
    write(s("ws/notes.txt")); // creates the folder
    QVERIFY(QFile::copy(sample, path("ws/one.drawio.png")));
    const auto jobs = planJobs({path("ws")}, options()).and_then([](const JobPlan &plan) { return executePlan(plan); });
    QVERIFY(jobs);
    QCOMPARE(jobs->size(), 1);
    const QString data = QJsonDocument::fromJson(jobs->first().payload).object().value(s("data")).toString();
    QVERIFY2(data.startsWith(s("<mxfile>")) && data.endsWith(s("</mxfile>")), qPrintable(data));
    QCOMPARE(jobs->first().contentHash, contentHash(data.toUtf8()));
}

void TestPlanExecution::unusualNamesAreKept()
{
    const QStringList names{s("with spaces.puml"), s("größe.puml"),       s("50%20.puml"),
                            s("two\nlines.puml"),  s("a#b?c;d'\"e.puml"), s("-o.puml")};
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

void TestPlanExecution::removedInputIsNamedInTheError()
{
    const QString input = write(s("ws/a.puml"));
    const auto plan = planJobs({input}, options());
    QVERIFY(QFile::remove(input));
    const auto jobs = executePlan(*plan);
    QVERIFY(!jobs);
    QVERIFY2(jobs.error().message.contains(input), qPrintable(jobs.error().message));
}

QTEST_GUILESS_MAIN(TestPlanExecution)
#include "tst_planexecution.moc"
