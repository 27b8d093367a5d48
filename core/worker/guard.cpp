// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/guard.h"

#include "core/base/processidentity.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

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
    if (presence != ProcessPresence::Alive)
        return -1;
    const int fd = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(manager->pid), 0));
    *gone = presenceOf(*manager) == ProcessPresence::Gone; // the pid may have been reused before it was opened
    return fd;
}

/// Kills all descendants of this process and all processes with its executor id in their environment, except this
/// process.
void killDescendants()
{
    const char *id = std::getenv("LIFEGUARD_EXECUTOR_ID"); // clazy:exclude=raw-environment-function
    const QSet<QString> executorIds = id && *id ? QSet<QString>{QString::fromLocal8Bit(id)} : QSet<QString>();
    for (int round = 0; round < 10; ++round) {
        // Orphans of killed processes become children of this process, a subreaper: repeat until none is left.
        killTrees(ProcessTable::read().childrenOf(getpid()), executorIds);
        while (waitpid(-1, nullptr, WNOHANG) > 0) {}
        if (waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD)
            return;
        poll(nullptr, 0, 5); // wait for killed processes to end
    }
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

} // namespace

int runGuard(int argc, char **argv)
{
    const std::optional<GuardOptions> options = parse(argc, argv);
    if (!options) {
        std::fprintf(stderr, "Usage: lifeguard-worker --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS…\n");
        return exitUsage;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
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

    std::optional<SteadyClock::time_point> deadline;
    bool killed = false;
    const auto terminate = [&] {
        kill(child, SIGTERM);
        deadline = SteadyClock::now() + options->maxJobTime + options->grace;
    };
    if (managerGone)
        terminate();
    pollfd watched[2] = {{signals, POLLIN, 0}, {manager, POLLIN, 0}};
    for (;;) {
        int timeout = -1;
        if (deadline && !killed) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - SteadyClock::now()).count();
            timeout = static_cast<int>(std::max<decltype(left)>(0, left));
        }
        poll(watched, 2, timeout);
        signalfd_siginfo info;
        while (read(signals, &info, sizeof info) == sizeof info) {
            if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
                kill(child, static_cast<int>(info.ssi_signo));
        }
        if (watched[1].revents != 0 && watched[1].fd >= 0) {
            watched[1].fd = -1; // poll() ignores negative descriptors
            terminate();
        }
        int status = 0;
        pid_t ended = 0;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == child) {
                killDescendants();
                return reproduceExit(status);
            }
        }
        if (deadline && !killed && SteadyClock::now() >= *deadline) {
            killed = true;
            const QList<qint64> roots = ProcessTable::read().childrenOf(self);
            killTrees(roots, {});
        }
    }
}

} // namespace lifeguard
