// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/guard.h"

#include "core/base/processidentity.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/worker/guardedjobs.h"

#include <QByteArray>
#include <QList>
#include <QSet>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeguard {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int exitUsage = 2;
constexpr int exitNotStarted = 127; // the exit code of a shell in this case

struct GuardOptions
{
    std::chrono::seconds maxJobTime{600};
    std::chrono::seconds grace{10};
    char **command = nullptr; ///< ends with a null pointer, like argv
};

std::optional<GuardOptions> parse(int argc, char **argv)
{
    GuardOptions options;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--") == 0) {
            options.command = argv + i + 1;
            break;
        }
        if (std::strcmp(argv[i], "--guard") == 0)
            continue;
        std::chrono::seconds *value = std::strcmp(argv[i], "--max-job-time") == 0 ? &options.maxJobTime
                                    : std::strcmp(argv[i], "--grace") == 0        ? &options.grace
                                                                                  : nullptr;
        char *end = nullptr;
        const long number = value && i + 1 < argc ? std::strtol(argv[++i], &end, 10) : -1;
        if (number < 0 || *end != '\0')
            return {};
        *value = std::chrono::seconds(number);
    }
    if (!options.command || !*options.command)
        return {};
    return options;
}

/// Returns a pidfd of the manager, or -1 if the environment names no manager or its process cannot be seen from here.
/// Sets gone if the manager has already ended.
int openManager(bool *gone)
{
    const char *detach = std::getenv("LIFEGUARD_DETACH"); // clazy:exclude=raw-environment-function
    if (detach && std::strcmp(detach, "true") == 0)
        return -1; // a detached worker keeps running, and the next manager adopts it
    const char *text = std::getenv("LIFEGUARD_MANAGER"); // clazy:exclude=raw-environment-function
    const auto manager = text ? ProcessIdentity::fromString(QString::fromLocal8Bit(text)) : std::nullopt;
    if (!manager)
        return -1;
    const ProcessPresence presence = presenceOf(*manager);
    *gone = presence == ProcessPresence::Gone;
    if (*gone || !isOfThisNamespace(*manager))
        return -1; // even if /proc hides the manager, its pid can be watched
    const int fd = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(manager->pid), 0));
    *gone = presenceOf(*manager) == ProcessPresence::Gone; // the pid may have been reused before it was opened
    return fd;
}

[[noreturn]] void executeProgram(char **command, const sigset_t &signalMask, pid_t guard)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard)
        _exit(exitNotStarted); // the guard died before PR_SET_PDEATHSIG took effect
    sigprocmask(SIG_SETMASK, &signalMask, nullptr);
    execvp(command[0], command);
    std::fprintf(stderr, "lifeguard-worker: cannot start '%s': %s\n", command[0], std::strerror(errno));
    _exit(exitNotStarted);
}

/// Returns the exit code of the status, or ends this process by the same signal.
int reproduceExit(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    const int signalNumber = WTERMSIG(status);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none); // a core dump of the guard would be useless; the program has already dumped its own
    std::signal(signalNumber, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signalNumber);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    raise(signalNumber);
    return 128 + signalNumber;
}

/// Returns whether the process is a shell, which ends at TERM although the program that it started goes on.
bool isShell(qint64 pid)
{
    char program[4096];
    const QByteArray link = "/proc/" + QByteArray::number(pid) + "/exe";
    const ssize_t length = readlink(link.constData(), program, sizeof program);
    const QByteArray path(program, std::max<ssize_t>(0, length));
    static const QSet<QByteArray> shells{"sh",   "bash", "dash", "ash",  "zsh", "ksh",
                                         "mksh", "yash", "fish", "tcsh", "csh", "busybox"};
    return shells.contains(path.mid(path.lastIndexOf('/') + 1));
}

/// The guarded program, and the processes that go on with its work if it is only a wrapper around them.
class GuardedProgram
{
public:
    explicit GuardedProgram(pid_t pid) : m_pid(pid) {}

    /// Passes a signal on: to the program, to the direct children of a shell, and to those of a program that has ended.
    void signal(int number)
    {
        const bool isFirst = m_number == 0;
        m_number = number;
        if (!m_status) {
            // After a signal, the worker behind a wrapper that has just ended is among the children.
            if (isFirst) {
                for (const qint64 orphan : childrenOf(getpid()))
                    m_orphans.insert(orphan);
                m_orphans.remove(m_pid);
            }
            signalProcess(m_pid);
        } else {
            for (const qint64 successor : successors())
                signalProcess(successor);
        }
    }

    /// Waits for children that have ended.
    void reap()
    {
        // Read first: the parents of these children have then ended already, so that their ends are found below.
        QList<qint64> children = childrenOf(getpid());
        int status = 0;
        pid_t ended = 0;
        bool hasWrapperEnded = false;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == m_pid)
                m_status = status;
            hasWrapperEnded = hasWrapperEnded || ended == m_pid || m_shells.contains(ended);
            for (QSet<qint64> *pids : {&m_shells, &m_signalled, &m_orphans, &m_successors})
                pids->remove(ended);
            children.removeAll(ended);
        }
        if (hasWrapperEnded)
            children = childrenOf(getpid());
        // A process that a wrapper left behind goes on with its work. All others are only left over. An inner shell may
        // have been waited for by an outer one, but the process behind it has got the signal.
        for (const qint64 child : std::as_const(children)) {
            if (child == m_pid || m_orphans.contains(child) || m_successors.contains(child))
                continue;
            const bool isSuccessor = m_number != 0 && (hasWrapperEnded || m_signalled.contains(child));
            (isSuccessor ? m_successors : m_orphans).insert(child);
            if (isSuccessor && !m_signalled.contains(child))
                signalProcess(child);
        }
    }

    /// Returns the status of the program, once it and, after a signal, the processes that it left behind have ended.
    [[nodiscard]] std::optional<int> status() const { return successors().isEmpty() ? m_status : std::nullopt; }
    /// Returns whether the program has ended, but not the processes that it left behind.
    [[nodiscard]] bool isContinued() const { return m_status && !successors().isEmpty(); }

private:
    [[nodiscard]] QList<qint64> successors() const
    {
        QList<qint64> living;
        if (m_successors.isEmpty())
            return living;
        for (const qint64 child : childrenOf(getpid())) {
            if (m_successors.contains(child))
                living.append(child);
        }
        return living;
    }
    void signalProcess(qint64 pid)
    {
        QList<qint64> children;
        if (isShell(pid)) {
            m_shells.insert(pid);
            children = childrenOf(pid); // read before the shell ends
        }
        m_signalled.insert(pid);
        kill(static_cast<pid_t>(pid), m_number);
        for (const qint64 child : children)
            signalProcess(child);
    }

    const pid_t m_pid;
    int m_number = 0; ///< the signal that was passed on last; 0: none
    std::optional<int> m_status; ///< nothing: the program has not ended
    QSet<qint64> m_shells;
    QSet<qint64> m_signalled;
    QSet<qint64> m_orphans; ///< children of the guard that do not go on with the work of the program
    QSet<qint64> m_successors; ///< children of the guard that do
};

} // namespace

int runGuard(int argc, char **argv)
{
    const std::optional<GuardOptions> options = parse(argc, argv);
    if (!options) {
        std::fprintf(stderr, "Usage: lifeguard-worker --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS…\n");
        return exitUsage;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    std::signal(SIGCHLD, SIG_DFL); // if it is ignored, the ends of children are not reported
    sigset_t handled;
    sigset_t previousMask;
    sigemptyset(&handled);
    for (const int signalNumber : {SIGTERM, SIGINT, SIGCHLD})
        sigaddset(&handled, signalNumber);
    sigprocmask(SIG_BLOCK, &handled, &previousMask);
    const int signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    bool managerGone = false;
    const int manager = openManager(&managerGone);

    const pid_t self = getpid();
    const pid_t child = fork();
    if (child < 0) {
        std::fprintf(stderr, "lifeguard-worker: cannot start '%s': %s\n", options->command[0], std::strerror(errno));
        return exitNotStarted;
    }
    if (child == 0)
        executeProgram(options->command, previousMask, self);

    GuardedProgram program(child);
    GuardedJobs jobs(options->maxJobTime);
    std::optional<SteadyClock::time_point> lastJobBegan; // at the latest
    bool killed = false;
    const auto setDeadline = [&] {
        lastJobBegan = SteadyClock::now();
        jobs.beginReading();
    };
    const auto deadline = [&] { return *lastJobBegan + jobs.limit().value_or(options->maxJobTime) + options->grace; };
    if (managerGone) {
        program.signal(SIGTERM);
        setDeadline();
    }
    pollfd watched[] = {{signals, POLLIN, 0}, {manager, POLLIN, 0}, {jobs.fileDescriptor(), POLLIN, 0}};
    for (;;) {
        int timeout = -1;
        if (lastJobBegan && !killed) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline() - SteadyClock::now()).count();
            timeout = static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
        }
        poll(watched, std::size(watched), timeout);
        if (watched[2].revents != 0)
            watched[2].fd = -1; // the deadline has changed
        signalfd_siginfo info;
        while (read(signals, &info, sizeof info) == sizeof info) {
            if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
                program.signal(static_cast<int>(info.ssi_signo));
        }
        if (watched[1].revents != 0 && watched[1].fd >= 0) {
            watched[1].fd = -1; // poll() ignores negative descriptors
            program.signal(SIGTERM);
            setDeadline();
        }
        program.reap();
        if (const std::optional<int> status = program.status()) {
            killDescendants();
            const int exitCode = reproduceExit(*status);
            jobs.endProcess(exitCode);
            return exitCode;
        }
        if (program.isContinued() && !lastJobBegan)
            setDeadline();
        if (lastJobBegan && !killed && SteadyClock::now() >= deadline()) {
            killed = true;
            killTrees(childrenOf(self), {});
        }
    }
}

} // namespace lifeguard
