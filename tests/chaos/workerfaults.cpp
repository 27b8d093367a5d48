// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/workerfaults.h"

#include "core/base/processtable.h"

#include <signal.h>

namespace lifeguard::chaos {
namespace {

const QString killed = QStringLiteral("workers killed (SIGKILL)");
const QString crashed = QStringLiteral("workers crashed (SIGSEGV)");
const QString terminated = QStringLiteral("workers terminated from outside (SIGTERM)");
const QString stopped = QStringLiteral("workers stopped for up to 9 s (SIGSTOP, SIGCONT)");
const QString frozen = QStringLiteral("workers stopped for ever (SIGSTOP)");
const QString toolKilled = QStringLiteral("tools killed (java)");

} // namespace

WorkerFaults::WorkerFaults(FaultContext &context) : m_context(context) {}

std::vector<Fault> WorkerFaults::faults()
{
    std::vector<Fault> faults{
        {40, killed, [this] { signalWorker(SIGKILL, killed); }},
        {8, crashed, [this] { signalWorker(SIGSEGV, crashed); }},
        {5, terminated, [this] { signalWorker(SIGTERM, terminated); }},
        {18, stopped, [this] { stopTemporarily(); }},
        {5, frozen, [this] { signalWorker(SIGSTOP, frozen); }},
    };
    if (m_context.feeder.hasDiagrams())
        faults.push_back({8, toolKilled, [this] { killTool(); }});
    return faults;
}

void WorkerFaults::signalWorker(int signalNumber, const QString &fault)
{
    const std::optional<LiveWorker> worker = m_context.randomWorker();
    if (worker && m_context.testbed.signalWorker(*worker, signalNumber))
        m_context.count(fault);
}

void WorkerFaults::stopTemporarily()
{
    const std::optional<LiveWorker> worker = m_context.randomWorker();
    // Up to 9 s, which is longer than the time after which the pools treat a worker as hung.
    const int duration = m_context.randomBetween(50, 9000);
    if (!worker || !m_context.testbed.signalWorker(*worker, SIGSTOP))
        return;
    m_context.count(stopped);
    m_context.scheduleRevert(duration,
                             [&testbed = m_context.testbed, worker] { testbed.signalWorker(*worker, SIGCONT); });
}

void WorkerFaults::killTool()
{
    const ProcessTable table = ProcessTable::read();
    for (const LiveWorker &worker : m_context.testbed.liveWorkers()) {
        for (const qint64 tool : table.childrenOf(worker.process.pid)) {
            if (table.entries().value(tool).name == "java" && ::kill(static_cast<pid_t>(tool), SIGKILL) == 0) {
                m_context.count(toolKilled);
                return;
            }
        }
    }
}

void WorkerFaults::continueAll()
{
    for (const qint64 pid : m_context.testbed.markedProcesses())
        ::kill(static_cast<pid_t>(pid), SIGCONT);
}

} // namespace lifeguard::chaos
