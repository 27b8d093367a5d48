// SPDX-License-Identifier: GPL-3.0-or-later
// The limits of direct workers: how a child comes under them, and how an end is put down to them.
#include "core/executor/directworkerexecutor.h"

#include "core/base/logging.h"

#include <algorithm>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr rlim_t wantedOpenFiles = 16'384;

} // namespace

void DirectWorkerExecutor::raiseOpenFiles()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    m_openFiles = limit.rlim_cur;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, wantedOpenFiles));
    setrlimit(RLIMIT_NOFILE, &limit);
}

void DirectWorkerExecutor::enterCgroup(const StartRequest &request, Running &running)
{
    const CgroupLimits limits{request.config.memoryLimitMb, request.config.cpuLimit};
    if (!limits.any())
        return;
    running.cgroup = m_cgroups->make(request.executorId, limits);
    if (limits.cpu > 0 && !(running.cgroup && running.cgroup->limitsCpu()))
        tellIgnored(request.executorId, running);
}

void DirectWorkerExecutor::prepareChild(const StartRequest &request, Running &running) const
{
    rlimit files = {};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = m_openFiles; // as it was here: programs that use select() break with more
    if (request.config.openFilesLimit > 0)
        files.rlim_cur = files.rlim_max = std::min<rlim_t>(static_cast<rlim_t>(request.config.openFilesLimit), files.rlim_max);
    const QList<int> doors = running.cgroup ? running.cgroup->entries() : QList<int>();
    running.process->setChildProcessModifier([files, doors] {
        // Between fork and exec: async-signal-safe calls only.
        setpgid(0, 0); // a Ctrl+C in the manager's terminal is not for the workers
        for (const int door : doors) {
            const ssize_t written = write(door, "0", 1); // "0": this process; everything it starts comes along
            (void)written; // looked at by the parent: checkCgroup()
        }
        if (files.rlim_cur > 0)
            setrlimit(RLIMIT_NOFILE, &files);
    });
}

void DirectWorkerExecutor::checkCgroup(const QString &executorId, Running &running, const std::optional<ProcessIdentity> &identity)
{
    if (!running.cgroup)
        return;
    running.cgroup->closeEntries();
    if (!identity || running.cgroup->contains(running.pid) || !ProcessIdentity::of(running.pid))
        return; // what has ended is listed no more
    const bool limitedCpu = running.cgroup->limitsCpu();
    m_cgroups->abandon(running.cgroup);
    running.cgroup.reset();
    qCWarning(lcExecutor) << executorId << "could not enter its cgroup and runs without";
    if (limitedCpu)
        tellIgnored(executorId, running);
}

void DirectWorkerExecutor::tellIgnored(const QString &executorId, const Running &running)
{
    if (m_toldIgnored.contains(running.type))
        return;
    m_toldIgnored.insert(running.type);
    const Message reason("cpu_limit_ignored");
    qCWarning(lcExecutor).noquote() << running.type + QLatin1String(" workers:") << reason.englishText();
    // Not from within startWorker(): who listens may not know this worker yet.
    QMetaObject::invokeMethod(this, [this, executorId, reason] { Q_EMIT limitIgnored(executorId, reason); }, Qt::QueuedConnection);
}

void DirectWorkerExecutor::explainMemory(Running &running, WorkerExit &exit)
{
    const CgroupKills counted = running.cgroup ? running.cgroup->kills() : CgroupKills();
    const quint64 fresh = running.kills.fresh(counted.kills);
    if (fresh > 0) // the machine's count holds them too
        m_machineKills.explain(qMin(fresh, m_machineKills.fresh(machineOomKills())));
    if (exit.isClean() || running.killed || exit.kind == WorkerExit::Kind::FailedToStart)
        return;
    const Message reason = counted.overOwnLimit ? Message("over_memory_limit", {running.memoryLimitMb}) : Message("machine_out_of_memory");
    if (exit.kind == WorkerExit::Kind::Signalled && exit.code == SIGKILL) {
        if (running.cgroup && running.cgroup->limitsMemory()) {
            exit.outOfMemory = fresh > 0; // the machine's count has nothing to add
        } else if (!running.stopping && m_machineKills.fresh(machineOomKills()) > 0) {
            exit.outOfMemory = true;
            m_machineKills.explain(1);
        }
        if (exit.outOfMemory)
            exit.message = Message("killed_by_kernel", {reason.asArgument()});
    } else if (fresh > 0) {
        exit.outOfMemory = true; // a process of its tree, shortly before
        exit.message = Message("ended_after_oom_kill", {exit.message.asArgument(), reason.asArgument()});
    }
}

} // namespace lifeguard
