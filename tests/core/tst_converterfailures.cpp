// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the contract of converters for jobs that do not end well: they are cancelled, over their time limit, or their
// tool crashes. The converter must leave nothing behind and remain usable.
#include "tests/support/contracttest.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

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

} // namespace

class TestConverterFailures : public ContractTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void cancelledJobLeavesNothing_data() { addTypes(); }
    void cancelledJobLeavesNothing();
    void timeLimitStopsTheTool_data() { addTypes(); }
    void timeLimitStopsTheTool();
    void crashOfTheToolFailsTheJob_data() { addTypes(); }
    void crashOfTheToolFailsTheJob();

private:
    /// Replaces the tool by a script with these commands, until verifyUsable() fixes it.
    void replaceTool(const ContractCase &kind, const QByteArray &commands);
    /// Runs a job normally after another one went wrong.
    void verifyUsable(const ContractCase &kind, ContractPeer &peer);
};

void TestConverterFailures::init()
{
    m_queue = std::make_unique<QueueTest>();
    m_folder = m_queue->folder.path();
}

void TestConverterFailures::cleanup()
{
    restoreEnvironment();
    m_queue.reset();
}

void TestConverterFailures::replaceTool(const ContractCase &kind, const QByteArray &commands)
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

void TestConverterFailures::verifyUsable(const ContractCase &kind, ContractPeer &peer)
{
    write(path(s("fixed")), "x");
    peer.options.maxJobTime = seconds(600);
    QByteArray bytes;
    convert(peer, kind, s("after"), bytes);
    QCOMPARE(leftovers(), QStringList());
}

void TestConverterFailures::cancelledJobLeavesNothing()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    const QByteArray sleepTime = "3600." + QByteArray::number(QCoreApplication::applicationPid());
    ContractPeer peer(*m_queue, kind.type);
    if (kind.hangingInput.isNull())
        replaceTool(kind, "exec sleep " + sleepTime + "\n");
    const QByteArray content = kind.hangingInput.isNull() ? kind.input : kind.hangingInput;
    const QString output = path(kind.outputName(s("out")));
    peer.start(kind, writeInput(s("hanging") + kind.inputSuffix, content), output);
    if (kind.hangingInput.isNull())
        QVERIFY(QTest::qWaitFor([&] { return isRunning(sleepTime); }, toolPatience));
    peer.abandon();
    QCOMPARE(peer.finish().kind, JobOutcome::Kind::LeaseLost);
    QVERIFY2(!isRunning(sleepTime), "the tool must have ended when the job has");
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

void TestConverterFailures::timeLimitStopsTheTool()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    ContractPeer peer(*m_queue, kind.type);
    if (kind.hangingInput.isNull())
        replaceTool(kind, "exec sleep 3600\n");
    peer.options.maxJobTime = seconds(1);
    const QByteArray content = kind.hangingInput.isNull() ? kind.input : kind.hangingInput;
    const QString output = path(kind.outputName(s("out")));
    const JobOutcome outcome = peer.run(kind, writeInput(s("hanging") + kind.inputSuffix, content), output);
    QCOMPARE(outcome.kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome.error.code, ErrorCode::TimedOut);
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

void TestConverterFailures::crashOfTheToolFailsTheJob()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    ContractPeer peer(*m_queue, kind.type);
    if (kind.crashingInput.isNull())
        replaceTool(kind, "echo 'a message of the tool' >&2\nkill -SEGV $$\n");
    const QByteArray content = kind.crashingInput.isNull() ? kind.input : kind.crashingInput;
    const QString output = path(kind.outputName(s("out")));
    const JobOutcome outcome = peer.run(kind, writeInput(s("crashing") + kind.inputSuffix, content), output);
    QVERIFY2(outcome.kind == JobOutcome::Kind::Failed || outcome.kind == JobOutcome::Kind::Blocked,
             qPrintable(outcome.error.message));
    QVERIFY(!outcome.error.message.isEmpty());
    QVERIFY2(!outcome.error.message.contains(s("Traceback")), qPrintable(outcome.error.message));
    QVERIFY(!QFile::exists(output));
    verifyUsable(kind, peer);
}

QTEST_GUILESS_MAIN(TestConverterFailures)
#include "tst_converterfailures.moc"
