// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/commandfaults.h"

#include "core/base/processtable.h"
#include "tests/support/queuetest.h"

#include <signal.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

const QString terminated = QStringLiteral("wrapper scripts terminated in the middle of a job (SIGTERM)");
const QString finished = QStringLiteral("- jobs finished after that");
const QString guardKilled = QStringLiteral("guards killed whose command has a daemon (SIGKILL)");
const QString unreachable = QStringLiteral("- daemons out of reach: guard and manager were both killed");

} // namespace

CommandFaults::CommandFaults(FaultContext &context) : m_context(context) {}

std::vector<Fault> CommandFaults::faults()
{
    return {{5, terminated, [this] { terminateWrapped(); }}, {5, guardKilled, [this] { killGuardOfDaemon(); }}};
}

void CommandFaults::terminateWrapped()
{
    if (m_context.isDatabaseLocked)
        return;
    test::RawSql raw(m_context.testbed.databasePath());
    for (const LiveWorker &worker : m_context.testbed.liveWorkers()) {
        if (!worker.spec.contains(QLatin1String("start.sh")) || m_context.spared.contains(worker.executorId)
            || m_context.testbed.isBroken(worker.executorId))
            continue;
        // Unstarted jobs of a batch are returned; only a worker with a single job is certainly working on it.
        const QString row =
            raw.value(QStringLiteral("SELECT max(j.id) || ' ' || max(j.attempts) FROM jobs j JOIN workers w ON w.id = "
                                     "j.worker_id WHERE w.container_id = ? AND j.status = 'processing' HAVING "
                                     "count(*) = 1"),
                      {worker.executorId})
                .toString();
        if (row.isEmpty() || !m_context.testbed.signalWorker(worker, SIGTERM))
            continue;
        m_context.count(terminated);
        m_context.spared.insert(worker.executorId);
        m_terminated.push_back({worker, row.section(u' ', 0, 0).toLongLong(), row.section(u' ', 1, 1).toInt()});
        return;
    }
}

void CommandFaults::checkTerminated()
{
    test::RawSql raw(m_context.testbed.databasePath());
    for (const Terminated &entry : m_terminated) {
        m_context.spared.remove(entry.worker.executorId);
        const QString end = raw.value(QStringLiteral("SELECT became || ' ' || (max_became - max_was) FROM chaos_log "
                                                     "WHERE job = ? AND attempts = ? AND was = 'processing'"),
                                      {entry.job, entry.attempt})
                                .toString();
        if (end.startsWith(QLatin1String("completed")))
            m_context.count(finished);
        else if (end.endsWith(QLatin1String(" 0")))
            m_context.reportViolation(QStringLiteral("job %1 was interrupted in a worker behind a wrapper script (%2) "
                                                     "that got TERM: %3")
                                          .arg(entry.job)
                                          .arg(entry.worker.executorId, end));
    }
    m_terminated.clear();
}

void CommandFaults::killGuardOfDaemon()
{
    const QHash<qint64, QString> daemons = m_context.testbed.daemons();
    const QSet<QString> owners(daemons.cbegin(), daemons.cend());
    for (const LiveWorker &worker : m_context.testbed.liveWorkers()) {
        if (worker.spec.contains(QLatin1String("daemon.sh")) && owners.contains(worker.executorId)
            && m_context.testbed.signalWorker(worker, SIGKILL)) {
            m_context.count(guardKilled);
            return;
        }
    }
}

void CommandFaults::killUnreachableDaemons()
{
    const QHash<qint64, QString> daemons = m_context.testbed.daemons();
    for (auto daemon = daemons.cbegin(); daemon != daemons.cend(); ++daemon) {
        const auto entry = processEntry(daemon.key());
        // This program is the next subreaper: it has inherited the daemon because nobody else was left.
        if (!entry || entry->parent != getpid() || !m_context.testbed.isBroken(daemon.value()))
            continue;
        ::kill(static_cast<pid_t>(daemon.key()), SIGKILL);
        m_context.count(unreachable);
    }
}

} // namespace lifeguard::chaos
