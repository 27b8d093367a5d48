// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/processlimits.h"

#include "core/base/logging.h"
#include "core/base/processidentity.h"

#include <algorithm>
#include <csignal>

#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr rlim_t wantedOpenFiles = 16'384;

// ioprio_set(2); the C library has neither the function nor the constants.
constexpr int ioWhoProcess = 1;
constexpr int ioClassShift = 13;
constexpr int ioClassBestEffort = 2;
constexpr int ioClassIdle = 3;
constexpr int ioLowestLevel = 7;

/// Returns the value for ioprio_set(); 0: unchanged.
int ioPriorityValue(IoPriority priority)
{
    switch (priority) {
    case IoPriority::Normal:
        return 0;
    case IoPriority::Low:
        return ioClassBestEffort << ioClassShift | ioLowestLevel;
    case IoPriority::Idle:
        return ioClassIdle << ioClassShift;
    }
    Q_UNREACHABLE();
}

} // namespace

ProcessLimits::ProcessLimits(QObject *parent) : QObject(parent), m_cgroups(std::make_shared<Cgroups>())
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    m_originalOpenFiles = limit.rlim_cur;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, wantedOpenFiles));
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::shared_ptr<WorkerCgroup> ProcessLimits::createCgroup(const StartRequest &request)
{
    const CgroupLimits limits{request.config.memoryLimitMb, request.config.cpuLimit};
    if (!limits.any())
        return {};
    std::shared_ptr<WorkerCgroup> cgroup = m_cgroups->create(request.executorId, limits);
    if (limits.cpu > 0 && !(cgroup && cgroup->limitsCpu()))
        reportIgnored(request, Message("cpu_limit_ignored"));
    return cgroup;
}

std::function<void()> ProcessLimits::childModifier(const WorkerConfig &config, const WorkerCgroup *cgroup) const
{
    rlimit files = {};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = m_originalOpenFiles; // programs that use select() fail with a higher limit
    if (config.openFilesLimit > 0)
        files.rlim_cur = files.rlim_max = std::min<rlim_t>(static_cast<rlim_t>(config.openFilesLimit), files.rlim_max);
    const QList<int> entries = cgroup ? cgroup->entries() : QList<int>();
    const std::optional<int> nice = config.nice;
    const int ioPriority = ioPriorityValue(config.ioPriority);
    return [files, entries, nice, ioPriority] {
        // Runs between fork() and exec(): only async-signal-safe functions are allowed.
        setpgid(0, 0); // Ctrl+C in the terminal of the manager must not end its workers
        // The manager may have been started with ignored or blocked signals. Workers are stopped with TERM, and must
        // notice broken pipes and the ends of their children.
        for (const int signalNumber : {SIGTERM, SIGPIPE, SIGCHLD})
            signal(signalNumber, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        flock(STDOUT_FILENO, LOCK_SH | LOCK_NB); // marks the log as used while the worker runs (WorkerLogs)
        for (const int entry : entries) {
            const ssize_t written = write(entry, "0", 1); // "0" stands for the calling process
            (void)written; // the parent checks the result in verifyCgroup()
        }
        if (files.rlim_cur > 0)
            setrlimit(RLIMIT_NOFILE, &files);
        // Both are system calls that only lower priorities, unless the user may raise them (see verifyNice()).
        if (nice)
            setpriority(PRIO_PROCESS, 0, *nice);
        if (ioPriority != 0)
            syscall(SYS_ioprio_set, ioWhoProcess, 0, ioPriority);
    };
}

bool ProcessLimits::verifyCgroup(const StartRequest &request, qint64 pid, const std::shared_ptr<WorkerCgroup> &cgroup)
{
    cgroup->closeEntries();
    if (cgroup->contains(pid) || !ProcessIdentity::of(pid)) // an ended process is in no cgroup
        return true;
    m_cgroups->abandon(cgroup);
    qCWarning(lcExecutor) << request.executorId << "could not enter its cgroup and runs without limits";
    if (cgroup->limitsCpu())
        reportIgnored(request, Message("cpu_limit_ignored"));
    return false;
}

void ProcessLimits::verifyNice(const StartRequest &request, qint64 pid)
{
    if (!request.config.nice)
        return;
    errno = 0;
    const int nice = getpriority(PRIO_PROCESS, static_cast<id_t>(pid));
    if (errno == 0 && nice > *request.config.nice) // otherwise, the process has ended
        reportIgnored(request, Message("nice_ignored", {*request.config.nice, nice}));
}

void ProcessLimits::reportIgnored(const StartRequest &request, const Message &reason)
{
    const QString key = request.config.type + u'/' + reason.code();
    if (m_reported.contains(key))
        return;
    m_reported.insert(key);
    qCWarning(lcExecutor).noquote() << request.config.type + QLatin1String(" workers:") << reason.englishText();
    // Queued, because the receiver may not have recorded the worker before startWorker() returns.
    QMetaObject::invokeMethod(
        this, [this, id = request.executorId, reason] { Q_EMIT limitIgnored(id, reason); }, Qt::QueuedConnection);
}

} // namespace lifeguard
