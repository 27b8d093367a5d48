// SPDX-License-Identifier: GPL-3.0-or-later
// Tests what a job records besides its status: all of its outputs, notes, and the fingerprint that decides whether an
// output of the results cache is used again. The converter is controlled by the test.
#include "core/store/jobresults.h"
#include "tests/support/jobrunnertest.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobOutputs : public JobRunnerTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void allOutputsAndNotesAreRecorded();
    void warningsOfAConverterReplaceTheNotes();
    void unknownPayloadKeyIsNoted();
    void wrongPayloadKeyFailsTheJob_data();
    void wrongPayloadKeyFailsTheJob();
    void outputsOnAShareAreCommittedBefore();
    void furtherOutputIsRefused_data();
    void furtherOutputIsRefused();
    void obsoleteOutputsAreRemoved();
    void outputOfAnotherJobIsNotObsolete();
    void unchangedJobRepeatsTheNotes();
    void unchangedJobRepeatsTheWarnings_data();
    void unchangedJobRepeatsTheWarnings();
    void changesRequireAConversion_data();
    void changesRequireAConversion();
    void entryOfAnotherProgramIsNotUsed();
    void inputFileIsASource_data();
    void inputFileIsASource();
    void sourceThatChangesDuringTheConversionIsNotTrusted();
    void hostPathsAreStored();
    void resultEndsWithTheJob();
    void fingerprintEndsWithTheCacheEntry();
    void temporaryOutputsAreRemoved();

private:
    /// Finishes the conversion with this result and waits until the job has finished.
    void complete(const Conversion &conversion)
    {
        const qsizetype finished = m_finished->size();
        Q_EMIT m_converter->finished(conversion);
        EVENTUALLY(m_finished->size() > finished);
    }
    void settle(const Job &job)
    {
        m_settlement->begin(job, outcome());
        const Status settled = m_settlement->settle(1);
        QVERIFY2(settled, settled ? "" : qPrintable(settled.error().message));
    }
    /// Runs a job to its end.
    Job run(const Conversion &conversion, const QString &output = s("out.svg"))
    {
        const Job job = claim(R"({"data": "@startuml"})", output);
        begin(job);
        complete(conversion);
        settle(job);
        return job;
    }
    [[nodiscard]] JobResult resultOf(const Job &job) const
    {
        return JobResults(*m_t->db).of(job.id).value_or(JobResult());
    }
    /// Returns the warnings in jobs.result.
    [[nodiscard]] QJsonArray warningsOf(const Job &job) const
    {
        const QByteArray stored =
            RawSql(m_t->path()).value(s("SELECT result FROM jobs WHERE id = ?"), {job.id}).toByteArray();
        return QJsonDocument::fromJson(stored).object().value(s("warnings")).toArray();
    }
    /// Returns whether an equal job would be converted.
    bool isConvertedAgain()
    {
        const int conversions = m_converter->conversions;
        const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
        begin(job);
        if (m_converter->conversions == conversions)
            return false;
        complete(Conversion{false, "again"});
        return true;
    }
};

void TestJobOutputs::allOutputsAndNotesAreRecorded()
{
    const Job job = run({false,
                         "one",
                         {{s("out_001.svg"), "two"}, {s("out_002.svg"), "three"}},
                         {s("First note."), s("Second note with token=ghp_0123456789abcdefghijABCDEFGHIJ012345.")}});
    QCOMPARE(contentOf(path(s("out.svg"))), QByteArray("one"));
    QCOMPARE(contentOf(path(s("out_001.svg"))), QByteArray("two"));
    QCOMPARE(contentOf(path(s("out_002.svg"))), QByteArray("three"));
    QCOMPARE(QDir(m_options.workspace).entryList({s(".lifeguard*")}, QDir::Files | QDir::Hidden), QStringList());
    const JobResult result = resultOf(job);
    QCOMPARE(result.outputs, (QStringList{path(s("out.svg")), path(s("out_001.svg")), path(s("out_002.svg"))}));
    QCOMPARE(result.notes.size(), 2);
    QCOMPARE(result.notes.first(), s("First note."));
    QVERIFY2(!result.notes.last().contains(s("ghp_")), "secrets must not be stored");
    QVERIFY(result.cacheNote.isEmpty());
    const Job read = JobReader(*m_t->db).job(job.id).value();
    QCOMPARE(read.outputs, result.outputs);
    QCOMPARE(read.notes, result.notes);
    QCOMPARE(JobReader(*m_t->db).list({}).value().first().notes, result.notes);
    // As CLM's workers write warnings.
    const QJsonArray warnings = warningsOf(job);
    QCOMPARE(warnings.size(), 2);
    QCOMPARE(warnings.first().toObject().value(s("message")).toString(), s("First note."));
}

void TestJobOutputs::warningsOfAConverterReplaceTheNotes()
{
    Conversion conversion{false, "one", {}, {s("First note.")}};
    conversion.warnings = QJsonArray{QJsonObject{{s("category"), s("invalid_tag")},
                                                 {s("message"), s("token=ghp_0123456789abcdefghijABCDEFGHIJ012345")}}};
    const Job job = run(conversion);
    QCOMPARE(resultOf(job).notes, QStringList{s("First note.")});
    const QJsonArray warnings = warningsOf(job);
    QCOMPARE(warnings.size(), 1);
    const QJsonObject warning = warnings.first().toObject();
    QCOMPARE(warning.value(s("category")).toString(), s("invalid_tag"));
    QCOMPARE(warning.value(s("file_path")).toString(), job.inputFile);
    QVERIFY2(!warning.value(s("message")).toString().contains(s("ghp_")), "secrets must not be stored");
    conversion.warnings = QJsonArray();
    QCOMPARE(warningsOf(run(conversion, s("other.svg"))), QJsonArray());
}

void TestJobOutputs::unknownPayloadKeyIsNoted()
{
    const QString note = s("The payload key 'future' is not known and has no effect.");
    const Job job = claim(R"({"data": "@startuml", "future": 1, "output_format": "svg"})", s("out.svg"));
    begin(job);
    Conversion conversion{false, "one", {}, {s("First note.")}};
    conversion.warnings = QJsonArray{QJsonObject{{s("message"), s("a warning")}}};
    complete(conversion);
    settle(job);
    QCOMPARE(resultOf(job).notes, (QStringList{note, s("First note.")}));
    const QJsonArray warnings = warningsOf(job);
    QCOMPARE(warnings.size(), 2);
    QCOMPARE(warnings.last().toObject().value(s("message")).toString(), note);
}

void TestJobOutputs::wrongPayloadKeyFailsTheJob_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("message");
    QTest::newRow("plantuml") << s("plantuml") << QByteArray(R"({"data": "@startuml", "diagram_index": "2"})")
                              << s("The payload key 'diagram_index' must be a number.");
    QTest::newRow("drawio") << s("drawio") << QByteArray(R"({"data": "<mxfile/>", "pages": ["a"]})")
                            << s("The payload key 'pages' must be a text.");
    QTest::newRow("notebook") << s("notebook") << QByteArray(R"({"data": "1", "skip_errors": "yes"})")
                              << s("The payload key 'skip_errors' must be true or false.");
}

/// The output that is in the cache does not count either.
void TestJobOutputs::wrongPayloadKeyFailsTheJob()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, payload);
    QFETCH(QString, message);
    run(Conversion{false, "one"});
    const int conversions = m_converter->conversions;
    Job job = claim(payload, s("out.svg"));
    job.type = type;
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.message, message);
    QCOMPARE(m_converter->conversions, conversions);
}

void TestJobOutputs::outputsOnAShareAreCommittedBefore()
{
    const Job job = claim({R"({"data": "@startuml"})"}, s("out.svg"));
    begin(job);
    complete(Conversion{false, "one", {{s("out_001.svg"), "two"}}});
    JobOutcome onShare = outcome();
    onShare.output.isLocal = false;
    m_settlement->begin(job, onShare);
    bool isCommitted = false;
    m_settlement->commit(m_files, seconds(10), [&isCommitted](const Status &) { isCommitted = true; });
    EVENTUALLY(isCommitted);
    QCOMPARE(contentOf(path(s("out_001.svg"))), QByteArray("two"));
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(resultOf(job).outputs.size(), 2);
}

void TestJobOutputs::furtherOutputIsRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("in a folder") << s("folder/a.svg");
    QTest::newRow("above the folder") << s("../a.svg");
    QTest::newRow("the folder") << s("..");
    QTest::newRow("empty") << QString();
    QTest::newRow("the output itself") << s("out.svg");
    QTest::newRow("the input") << s("in.puml");
    QTest::newRow("an existing folder") << s("existing");
}

void TestJobOutputs::furtherOutputIsRefused()
{
    QFETCH(QString, name);
    write(path(s("in.puml")), "@startuml");
    QVERIFY(QDir().mkpath(path(s("existing"))));
    Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    job.inputFile = path(s("in.puml"));
    begin(job);
    complete(Conversion{false, "one", {{name, "two"}}});
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    settle(job);
    QVERIFY(!QFile::exists(path(s("out.svg"))));
    QCOMPARE(contentOf(path(s("in.puml"))), QByteArray("@startuml"));
}

void TestJobOutputs::obsoleteOutputsAreRemoved()
{
    run({false, "one", {{s("out_001.svg"), "two"}, {s("out_002.svg"), "three"}}});
    m_converter->currentRules = s("2");
    const Job job = run({false, "one", {{s("out_001.svg"), "two"}}});
    QVERIFY(QFile::exists(path(s("out_001.svg"))));
    QVERIFY2(!QFile::exists(path(s("out_002.svg"))), "a page that the diagram no longer has must not stay");
    QCOMPARE(resultOf(job).outputs.size(), 2);
}

void TestJobOutputs::outputOfAnotherJobIsNotObsolete()
{
    run({false, "one", {{s("out_001.svg"), "two"}}});
    write(path(s("out_001.svg")), "by another job");
    m_converter->currentRules = s("2");
    run({false, "one"});
    QCOMPARE(contentOf(path(s("out_001.svg"))), QByteArray("by another job"));
}

void TestJobOutputs::unchangedJobRepeatsTheNotes()
{
    run({false, "one", {{s("out_001.svg"), "two"}}, {s("The picture was cut.")}});
    const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Unchanged);
    settle(job);
    const JobResult result = resultOf(job);
    QCOMPARE(result.outputs.size(), 2);
    QCOMPARE(result.notes, QStringList{s("The picture was cut.")});
    QVERIFY2(result.cacheNote.startsWith(s("Not converted again")), qPrintable(result.cacheNote));
    const Result<QList<JobNote>> notes = JobResults(*m_t->db).notesAfter(0, 10);
    QVERIFY(notes);
    QCOMPARE(notes->size(), 3);
    QCOMPARE(notes->last().jobId, job.id);
    QVERIFY(notes->last().isFromCache);
    QCOMPARE(JobResults(*m_t->db).latestNote().value(), notes->last().id);
    QCOMPARE(JobReader(*m_t->db).job(job.id).value().notes.size(), 2);
}

void TestJobOutputs::unchangedJobRepeatsTheWarnings_data()
{
    QTest::addColumn<std::optional<QJsonArray>>("warnings"); // of the converter
    QTest::addColumn<QStringList>("messages");
    const auto warning = [](const QString &message) { return QJsonObject{{s("message"), message}}; };
    QTest::newRow("of the converter") << std::optional(QJsonArray{warning(s("A warning.")), warning(s("Another."))})
                                      << QStringList{s("A warning."), s("Another.")};
    QTest::newRow("the note is no warning") << std::optional(QJsonArray()) << QStringList();
    QTest::newRow("the note is the warning") << std::optional<QJsonArray>() << QStringList{s("A note.")};
}

void TestJobOutputs::unchangedJobRepeatsTheWarnings()
{
    QFETCH(std::optional<QJsonArray>, warnings);
    QFETCH(QStringList, messages);
    Conversion conversion{false, "one", {}, {s("A note.")}};
    conversion.warnings = warnings;
    const QJsonArray first = warningsOf(run(conversion));
    const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Unchanged);
    settle(job);
    QStringList repeated;
    const QJsonArray stored = warningsOf(job);
    for (const QJsonValue &value : stored)
        repeated.append(value.toObject().value(s("message")).toString());
    QCOMPARE(repeated, messages);
    QCOMPARE(stored, first);
}

void TestJobOutputs::changesRequireAConversion_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<bool>("isConverted");
    QTest::newRow("nothing") << s("nothing") << false;
    QTest::newRow("rules") << s("rules") << true;
    QTest::newRow("source") << s("source") << true;
    QTest::newRow("source removed") << s("source removed") << true;
    QTest::newRow("missing source appears") << s("missing source") << true;
    QTest::newRow("new file in a folder") << s("folder") << true;
    QTest::newRow("further output removed") << s("further removed") << true;
    QTest::newRow("further output changed") << s("further changed") << true;
    QTest::newRow("output changed") << s("output") << true;
}

void TestJobOutputs::changesRequireAConversion()
{
    QFETCH(QString, change);
    QFETCH(bool, isConverted);
    QVERIFY(QDir().mkpath(path(s("parts"))));
    write(path(s("data.csv")), "1");
    const QDateTime earlier = QDateTime::currentDateTime().addSecs(-10);
    for (const QString &name : {s("data.csv")}) {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.setFileTime(earlier, QFileDevice::FileModificationTime));
    }
    run({false, "one", {{s("out_001.svg"), "two"}}, {}, {path(s("data.csv")), path(s("missing.csv"))}});
    Conversion withFolder{false, "one", {{s("out_001.svg"), "two"}}, {}, {path(s("data.csv")), path(s("missing.csv"))}};
    if (change == s("rules"))
        m_converter->currentRules = s("2");
    else if (change == s("source"))
        write(path(s("data.csv")), "2");
    else if (change == s("source removed"))
        QVERIFY(QFile::remove(path(s("data.csv"))));
    else if (change == s("missing source"))
        write(path(s("missing.csv")), "1");
    else if (change == s("further removed"))
        QVERIFY(QFile::remove(path(s("out_001.svg"))));
    else if (change == s("further changed"))
        write(path(s("out_001.svg")), "by hand");
    else if (change == s("output"))
        write(path(s("out.svg")), "by hand");
    else if (change == s("folder")) {
        m_converter->currentRules = s("of folders");
        withFolder.sources = {path(s("parts"))};
        const QByteArray folder = QFile::encodeName(path(s("parts")));
        const QDateTime before = QDateTime::currentDateTime();
        EVENTUALLY(QDateTime::currentDateTime() > before.addMSecs(20)); // later than the folder was created
        Q_UNUSED(folder)
        run(withFolder);
        QVERIFY(!isConvertedAgain());
        write(path(s("parts/new.puml")), "1");
    }
    QCOMPARE(isConvertedAgain(), isConverted);
}

void TestJobOutputs::entryOfAnotherProgramIsNotUsed()
{
    const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    write(path(s("out.svg")), "of CLX");
    QVERIFY(m_cache->store(job.outputFile, job.contentHash, {{s("format"), s("svg")}, {s("size"), 6}}));
    begin(job);
    QCOMPARE(m_converter->conversions, 1);
}

void TestJobOutputs::inputFileIsASource_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("isSource");
    QTest::newRow("no data") << QByteArray("{}") << true;
    QTest::newRow("empty data") << QByteArray(R"({"data": ""})") << true;
    QTest::newRow("data") << QByteArray(R"({"data": "@startuml"})") << false;
}

void TestJobOutputs::inputFileIsASource()
{
    QFETCH(QByteArray, payload);
    QFETCH(bool, isSource);
    write(path(s("in.puml")), "@startuml");
    Job job = claim(payload, s("out.svg"));
    job.inputFile = path(s("in.puml"));
    begin(job);
    complete(Conversion{false, "one"});
    QCOMPARE(outcome().fingerprint.sources.contains(job.inputFile), isSource);
}

void TestJobOutputs::sourceThatChangesDuringTheConversionIsNotTrusted()
{
    write(path(s("data.csv")), "1");
    const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    begin(job);
    write(path(s("data.csv")), "2"); // has the tool read the old or the new content?
    complete(Conversion{false, "one", {}, {}, {path(s("data.csv"))}});
    settle(job);
    QVERIFY(isConvertedAgain());
}

void TestJobOutputs::hostPathsAreStored()
{
    createRunner(s("/host/ws"));
    write(path(s("data.csv")), "1");
    const Job job = claim(R"({"data": "@startuml"})", s("/host/ws/out.svg"));
    begin(job);
    complete(Conversion{
        false, "one", {{s("out_001.svg"), "two"}}, {s("Read %1.").arg(path(s("data.csv")))}, {path(s("data.csv"))}});
    settle(job);
    QCOMPARE(resultOf(job).outputs, (QStringList{s("/host/ws/out.svg"), s("/host/ws/out_001.svg")}));
    QCOMPARE(resultOf(job).notes, QStringList{s("Read /host/ws/data.csv.")});
    const auto fingerprint = m_fingerprints->find(s("/host/ws/out.svg")).value();
    QVERIFY(fingerprint);
    QCOMPARE(fingerprint->sources.keys(), QStringList{s("/host/ws/data.csv")});
}

void TestJobOutputs::resultEndsWithTheJob()
{
    const Job first = run({false, "one", {}, {s("Note.")}});
    const Job second = run({false, "two", {}, {s("Note.")}}, s("second.svg"));
    QVERIFY(m_t->queue->rerun({first.id}, false));
    QCOMPARE(resultOf(first), JobResult());
    QCOMPARE(resultOf(second).notes.size(), 1);
    RawSql raw(m_t->path());
    QVERIFY(raw.exec(s("DELETE FROM jobs WHERE id = ?"), {second.id}));
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_job_notes")).toInt(), 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_job_outputs")).toInt(), 0);
}

void TestJobOutputs::fingerprintEndsWithTheCacheEntry()
{
    const Job job = run({false, "one"});
    QVERIFY(m_fingerprints->find(job.outputFile).value());
    QVERIFY(RawSql(m_t->path()).exec(s("DELETE FROM results_cache")));
    QVERIFY(!m_fingerprints->find(job.outputFile).value());
}

void TestJobOutputs::temporaryOutputsAreRemoved()
{
    const Job job = claim(R"({"data": "@startuml"})", s("out.svg"));
    begin(job);
    complete(Conversion{false, "one", {{s("a.svg"), "two"}, {s("b.svg"), "three"}}});
    const auto hidden = [this] {
        return QDir(m_options.workspace).entryList({s(".lifeguard*")}, QDir::Files | QDir::Hidden).size();
    };
    QCOMPARE(hidden(), 3);
    // The worker dies here. The next attempt removes what it has left.
    begin(job);
    QCOMPARE(hidden(), 0);
}

QTEST_GUILESS_MAIN(TestJobOutputs)
#include "tst_joboutputs.moc"
