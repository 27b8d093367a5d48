// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the contract of converters (docs/architecture/converters.md#the-contract-of-a-converter), which every job type
// fulfils, with the real tools. A new job type adds its rows to cases().
#include "core/base/processtable.h"
#include "core/config/jobtypes.h"
#include "core/worker/jobrunner.h"
#include "core/worker/jobsettlement.h"
#include "tests/support/drawings.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <memory>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int toolPatience = isSanitized ? 240000 : 90000; ///< starting Java or Chromium on a busy machine takes long

/// A type and a format, with inputs that make the tool behave as the name of the member says.
struct Case
{
    QString type;
    QString format;
    QString inputSuffix; ///< with the dot
    QByteArray input;
    QByteArray hangingInput; ///< null: hangingTool is used
    QByteArray crashingInput; ///< null: crashingTool is used
    const char *toolVariable = nullptr; ///< the variable that names the tool, which a script replaces

    [[nodiscard]] QString name() const { return type + QLatin1String(" as ") + format; }
};

QByteArray notebook(const QByteArray &code)
{
    return R"({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3", "display_name": "P",
        "language": "python"}}, "cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {},
        "outputs": [], "source": ")"
         + code + R"("}]})";
}

/// All types that have a tool, in each kind of format.
QList<Case> cases()
{
    const QByteArray diagram = "@startuml\nclass Größe\nclass \"Zug → Tür\" as B\nGröße --> B : fährt\n@enduml\n";
    const QByteArray drawing = drawioFile(drawioPage(drawioBox("Grüße → 東京"), "Seite 1"));
    const QByteArray code = notebook("print('Gr\\u00fc\\u00dfe', 6 * 7)");
    const QByteArray hanging = notebook("import time\\ntime.sleep(3600)");
    const QByteArray crashing = notebook("import os\\nprint('x')\\nos.kill(os.getpid(), 9)");
    QList<Case> all;
    for (const char *format : {"svg", "png"})
        all.append({s("plantuml"), s(format), s(".puml"), diagram, {}, {}, "PATH"});
    for (const char *format : {"svg", "png", "pdf"})
        all.append({s("drawio"), s(format), s(".drawio"), drawing, {}, {}, "LIFEGUARD_CHROMIUM"});
    for (const char *format : {"html", "notebook"})
        all.append({s("notebook"), s(format), s(".ipynb"), code, hanging, crashing, nullptr});
    return all;
}

/// Returns whether there is a process with this argument. A tool may be in a sandbox, and cannot write a file for the
/// test.
bool isRunning(const QByteArray &argument)
{
    for (const QString &pid : QDir(s("/proc")).entryList({s("[0-9]*")}, QDir::Dirs)) {
        QFile commandLine(s("/proc/%1/cmdline").arg(pid));
        if (commandLine.open(QIODevice::ReadOnly) && commandLine.readAll().split('\0').contains(argument))
            return true;
    }
    return false;
}

/// A converter with everything that a worker has around it.
class Peer
{
public:
    Peer(QueueTest &queue, const QString &type)
        : m_queue(queue)
        , m_cache(*queue.db, queue.clock)
        , m_fingerprints(*queue.db)
        , m_paths({}, queue.folder.path())
        , m_converter(makeConverter(type))
        , m_settlement(*queue.db, *queue.queue, m_cache, m_fingerprints, m_paths)
    {
        options.type = type;
        options.workspace = queue.folder.path();
        m_runner = std::make_unique<JobRunner>(options, m_paths, m_cache, m_fingerprints, *m_converter, m_files);
        QObject::connect(m_runner.get(), &JobRunner::finished, m_runner.get(),
                         [this](const JobOutcome &outcome) { m_outcomes.append(outcome); });
    }
    ~Peer()
    {
        QSignalSpy closed(m_converter.get(), &Converter::closed);
        m_converter->close();
        (void)QTest::qWaitFor([&] { return !closed.isEmpty(); }, toolPatience);
    }
    Q_DISABLE_COPY_MOVE(Peer)

    /// Starts a job whose payload names only what the type needs.
    void start(const Case &kind, const QString &input, const QString &output)
    {
        NewJob job;
        job.type = kind.type;
        job.inputFile = input;
        job.outputFile = output;
        job.contentHash = s("hash");
        job.payload = kind.type == s("notebook") ? R"({"kind": "completed", "language": "en", "prog_lang": "python"})"
                                                 : "{}";
        job.isForced = true; // the cache is tested elsewhere
        const qint64 id = m_queue.queue->add(job).value_or(0);
        const qint64 worker = m_queue.worker(s("w%1").arg(id), kind.type);
        m_job = m_queue.queue->claim(worker, kind.type).value_or(QList<Job>()).value(0);
        m_outcomes.clear();
        m_runner->start(m_job);
    }
    [[nodiscard]] bool hasFinished() const { return !m_outcomes.isEmpty(); }
    /// Waits until the job has ended, and settles it.
    [[nodiscard]] JobOutcome finish()
    {
        if (!QTest::qWaitFor([this] { return hasFinished(); }, toolPatience))
            qFatal("the job has not ended");
        const JobOutcome outcome = m_outcomes.first();
        if (outcome.kind != JobOutcome::Kind::LeaseLost) {
            m_settlement.begin(m_job, outcome);
            if (!m_settlement.settle(1))
                qFatal("the job was not settled");
        }
        return outcome;
    }
    JobOutcome run(const Case &kind, const QString &input, const QString &output)
    {
        start(kind, input, output);
        return finish();
    }
    void abandon() { m_runner->abandon(); }

    WorkerOptions options;

private:
    QueueTest &m_queue;
    ResultsCache m_cache;
    Fingerprints m_fingerprints;
    HostPaths m_paths;
    FileThread m_files;
    std::unique_ptr<Converter> m_converter;
    std::unique_ptr<JobRunner> m_runner;
    JobSettlement m_settlement;
    Job m_job;
    QList<JobOutcome> m_outcomes;
};

} // namespace

class TestConverterContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void everyTypeIsTested();
    void sameInputGivesTheSameBytes_data() { addCases(); }
    void sameInputGivesTheSameBytes();
    void twoAtOnce_data() { addTypes(); }
    void twoAtOnce();
    void cancelledJobLeavesNothing_data() { addTypes(); }
    void cancelledJobLeavesNothing();
    void timeLimitStopsTheTool_data() { addTypes(); }
    void timeLimitStopsTheTool();
    void crashOfTheToolFailsTheJob_data() { addTypes(); }
    void crashOfTheToolFailsTheJob();
    void anyFileName_data() { addTypes(); }
    void anyFileName();

private:
    static void addCases();
    /// Adds one format of each type.
    static void addTypes();
    [[nodiscard]] QString path(const QString &name) const { return m_queue->folder.filePath(name); }
    QString writeInput(const QString &name, const QByteArray &content) const
    {
        write(path(name), content);
        return path(name);
    }
    [[nodiscard]] QString outputName(const Case &kind, const QString &stem) const
    {
        return stem + u'.' + outputSuffix(*jobType(kind.type), kind.format);
    }
    /// Converts the input with the peer and returns the output; fails the test if the job fails.
    void convert(Peer &peer, const Case &kind, const QString &stem, QByteArray &bytes);
    /// Replaces the tool by a script with these commands, until verifyUsable() fixes it.
    void replaceTool(const Case &kind, const QByteArray &commands);
    /// Runs a job normally after another one went wrong.
    void verifyUsable(const Case &kind, Peer &peer);
    [[nodiscard]] QStringList leftovers() const
    {
        return QDir(m_queue->folder.path()).entryList({s(".lifeguard*")}, QDir::Files | QDir::Hidden);
    }

    std::unique_ptr<QueueTest> m_queue;
    QMap<QByteArray, QByteArray> m_environment; ///< changed variables with their former values
    void setVariable(const QByteArray &name, const QByteArray &value)
    {
        if (!m_environment.contains(name))
            m_environment.insert(name, qEnvironmentVariableIsSet(name.constData()) ? qgetenv(name.constData())
                                                                                   : QByteArray());
        qputenv(name.constData(), value);
    }
    void restoreEnvironment()
    {
        for (auto variable = m_environment.cbegin(); variable != m_environment.cend(); ++variable) {
            if (variable.value().isNull())
                qunsetenv(variable.key().constData());
            else
                qputenv(variable.key().constData(), variable.value());
        }
        m_environment.clear();
    }
};

void TestConverterContract::init()
{
    m_queue = std::make_unique<QueueTest>();
}

void TestConverterContract::cleanup()
{
    restoreEnvironment();
    m_queue.reset();
}

void TestConverterContract::addCases()
{
    QTest::addColumn<int>("index");
    const QList<Case> all = cases();
    for (int i = 0; i < all.size(); ++i)
        QTest::newRow(qPrintable(all.at(i).name())) << i;
}

void TestConverterContract::addTypes()
{
    QTest::addColumn<int>("index");
    const QList<Case> all = cases();
    for (int i = 0; i < all.size(); ++i) {
        if (i == 0 || all.at(i).type != all.at(i - 1).type)
            QTest::newRow(qPrintable(all.at(i).name())) << i;
    }
}

void TestConverterContract::everyTypeIsTested()
{
    for (const JobType &type : jobTypes()) {
        if (type.inputSuffixes.isEmpty())
            continue; // has no tool
        const QList<Case> all = cases();
        const bool isTested = std::any_of(all.cbegin(), all.cend(),
                                          [&type](const Case &kind) { return kind.type == type.name; });
        QVERIFY2(isTested, qPrintable(type.name));
    }
}

void TestConverterContract::convert(Peer &peer, const Case &kind, const QString &stem, QByteArray &bytes)
{
    const QString input = writeInput(stem + kind.inputSuffix, kind.input);
    const QString output = path(outputName(kind, s("out-") + stem));
    const JobOutcome outcome = peer.run(kind, input, output);
    QVERIFY2(outcome.kind == JobOutcome::Kind::Converted, qPrintable(outcome.error.message));
    bytes = contentOf(output);
    QVERIFY(!bytes.isEmpty());
    QVERIFY(QFile::remove(output)); // the next one must be new
}

void TestConverterContract::replaceTool(const Case &kind, const QByteArray &commands)
{
    QVERIFY(kind.toolVariable);
    const bool isPath = qstrcmp(kind.toolVariable, "PATH") == 0;
    const QString tool = QStandardPaths::findExecutable(isPath ? s("java") : s("chromium"));
    QVERIFY(!tool.isEmpty());
    QVERIFY(QDir().mkpath(path(s("tools"))));
    const QString script = path(isPath ? s("tools/java") : s("tools/tool"));
    write(script, "#!/bin/sh\nif [ -e \"" + QFile::encodeName(path(s("fixed"))) + "\" ]; then exec "
                      + QFile::encodeName(tool) + " \"$@\"; fi\n" + commands);
    QVERIFY(QFile::setPermissions(script, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    setVariable(kind.toolVariable,
                isPath ? QFile::encodeName(path(s("tools"))) + ':' + qgetenv("PATH") : QFile::encodeName(script));
}

void TestConverterContract::verifyUsable(const Case &kind, Peer &peer)
{
    write(path(s("fixed")), "x");
    peer.options.maxJobTime = seconds(600);
    QByteArray bytes;
    convert(peer, kind, s("after"), bytes);
    QCOMPARE(leftovers(), QStringList());
}

/// Also in another locale and time zone.
void TestConverterContract::sameInputGivesTheSameBytes()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    QByteArray first;
    QByteArray second;
    setVariable("TZ", "UTC");
    {
        Peer peer(*m_queue, kind.type);
        convert(peer, kind, s("a"), first);
        convert(peer, kind, s("a"), second);
        QVERIFY2(first == second, "the second output of one process differs");
    }
    setVariable("TZ", "Pacific/Kiritimati");
    setVariable("LC_ALL", "C"); // the encoding is ASCII
    setVariable("LANG", "de_DE.UTF-8");
    setVariable("LANGUAGE", "de");
    Peer another(*m_queue, kind.type);
    convert(another, kind, s("a"), second);
    QVERIFY2(first == second, "the output of another process, in another locale and time zone, differs");
}

void TestConverterContract::twoAtOnce()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    QByteArray expected;
    Peer first(*m_queue, kind.type);
    Peer second(*m_queue, kind.type);
    convert(first, kind, s("a"), expected);
    const QString input = writeInput(s("a") + kind.inputSuffix, kind.input);
    first.start(kind, input, path(outputName(kind, s("one"))));
    second.start(kind, input, path(outputName(kind, s("two"))));
    QCOMPARE(first.finish().error.message, QString());
    QCOMPARE(second.finish().error.message, QString());
    QVERIFY(contentOf(path(outputName(kind, s("one")))) == expected);
    QVERIFY(contentOf(path(outputName(kind, s("two")))) == expected);
}

void TestConverterContract::cancelledJobLeavesNothing()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    const QByteArray sleepTime = "3600." + QByteArray::number(QCoreApplication::applicationPid());
    Peer peer(*m_queue, kind.type);
    if (kind.hangingInput.isNull())
        replaceTool(kind, "exec sleep " + sleepTime + "\n");
    const QByteArray content = kind.hangingInput.isNull() ? kind.input : kind.hangingInput;
    const QString output = path(outputName(kind, s("out")));
    peer.start(kind, writeInput(s("hanging") + kind.inputSuffix, content), output);
    if (kind.hangingInput.isNull())
        QVERIFY(QTest::qWaitFor([&] { return isRunning(sleepTime); }, toolPatience));
    peer.abandon();
    QCOMPARE(peer.finish().kind, JobOutcome::Kind::LeaseLost);
    QVERIFY2(!isRunning(sleepTime), "the tool must have ended when the job has");
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

void TestConverterContract::timeLimitStopsTheTool()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    Peer peer(*m_queue, kind.type);
    if (kind.hangingInput.isNull())
        replaceTool(kind, "exec sleep 3600\n");
    peer.options.maxJobTime = seconds(1);
    const QByteArray content = kind.hangingInput.isNull() ? kind.input : kind.hangingInput;
    const QString output = path(outputName(kind, s("out")));
    const JobOutcome outcome = peer.run(kind, writeInput(s("hanging") + kind.inputSuffix, content), output);
    QCOMPARE(outcome.kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome.error.code, ErrorCode::TimedOut);
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

void TestConverterContract::crashOfTheToolFailsTheJob()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    Peer peer(*m_queue, kind.type);
    if (kind.crashingInput.isNull())
        replaceTool(kind, "echo 'a message of the tool' >&2\nkill -SEGV $$\n");
    const QByteArray content = kind.crashingInput.isNull() ? kind.input : kind.crashingInput;
    const QString output = path(outputName(kind, s("out")));
    const JobOutcome outcome = peer.run(kind, writeInput(s("crashing") + kind.inputSuffix, content), output);
    QVERIFY2(outcome.kind == JobOutcome::Kind::Failed || outcome.kind == JobOutcome::Kind::Blocked,
             qPrintable(outcome.error.message));
    QVERIFY(!outcome.error.message.isEmpty());
    QVERIFY2(!outcome.error.message.contains(s("Traceback")), qPrintable(outcome.error.message));
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

void TestConverterContract::anyFileName()
{
    QFETCH(int, index);
    const Case kind = cases().at(index);
    // A file name has at most 255 bytes. The longer suffix of the two names counts.
    const qsizetype suffix = std::max(kind.inputSuffix.size(),
                                      outputSuffix(*jobType(kind.type), kind.format).size() + 1);
    const QStringList stems{s(" two  words "),
                            s("it's \"quoted\" `x`"),
                            s("Grüße 東京 🎓 e\u0301"),
                            s("-o"),
                            s("--version"),
                            s("$(touch x); a & b | c > d *?[x]"),
                            s("a%20b#c?d=e&f"),
                            s("a\\nb"),
                            s("a\nb"), // a line feed
                            s("<b>&amp;"),
                            QFile::decodeName("a\xff"
                                              "b"), // not UTF-8
                            s("..a..b.."),
                            QString(255 - suffix, u'x')};
    const auto everything = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    Peer peer(*m_queue, kind.type);
    for (int i = 0; i < stems.size(); ++i) {
        const QString &stem = stems.at(i);
        const QString in = path(s("in%1").arg(i));
        const QString out = path(s("out%1").arg(i));
        QVERIFY(QDir().mkpath(in) && QDir().mkpath(out));
        const QString name = stem + kind.inputSuffix;
        const QString output = out + u'/' + outputName(kind, stem);
        write(in + u'/' + name, kind.input);
        const JobOutcome outcome = peer.run(kind, in + u'/' + name, output);
        QVERIFY2(outcome.kind == JobOutcome::Kind::Converted, qPrintable(stem + s(": ") + outcome.error.message));
        QVERIFY2(QFileInfo(output).size() > 0, qPrintable(stem));
        QCOMPARE(QDir(in).entryList(everything), QStringList{name});
        QCOMPARE(QDir(out).entryList(everything), QStringList{outputName(kind, stem)});
        QCOMPARE(contentOf(in + u'/' + name), kind.input);
    }
}

QTEST_GUILESS_MAIN(TestConverterContract)
#include "tst_convertercontract.moc"
