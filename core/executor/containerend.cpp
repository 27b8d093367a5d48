// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerend.h"

#include "core/base/unixsignals.h"

#include <csignal>

namespace lifeguard {
namespace {

constexpr int signalBase = 128; ///< the exit code of a process that was ended by a signal, minus the number of the
                                ///< signal
constexpr int lastSignal = 64;

WorkerExit exitWithCode(int code)
{
    WorkerExit exit;
    const int signal = code - signalBase;
    if (signal > 0 && signal <= lastSignal) {
        exit.kind = WorkerExit::Kind::Signalled;
        exit.code = signal;
        exit.message = Message::literal(signalName(signal));
    } else {
        exit.kind = WorkerExit::Kind::Exited;
        exit.code = code;
        exit.message = Message("exit_code", {code});
    }
    return exit;
}

} // namespace

WorkerExit workerExitOf(const ContainerEnd &end)
{
    if (end.wasEngineLost && !end.wasKilled && !end.wasStopped) {
        // The exit code is meaningless: an engine that stops ends its containers, and after a restart it may not report
        // how they ended.
        WorkerExit exit;
        exit.isBlameless = true;
        exit.message = Message("engine_restarted");
        return exit;
    }
    const std::optional<int> code = end.container ? std::optional(end.container->exitCode) : end.eventExitCode;
    if (!code) {
        WorkerExit exit;
        exit.message = Message(end.wasRemoved ? "container_removed" : "container_exit_unknown");
        return exit;
    }
    WorkerExit exit = exitWithCode(*code);
    if (end.container && !end.container->error.isEmpty())
        exit.message = Message("ended_with_engine_error", {exit.message.asArgument(), end.container->error});
    if (end.wasRemoved)
        exit.message = Message("ended_and_removed", {exit.message.asArgument()});
    const bool hadOomKill = end.hadOomEvent || (end.container && end.container->outOfMemory);
    if (!hadOomKill || end.wasKilled || exit.isClean())
        return exit;
    exit.outOfMemory = true;
    const Message reason = end.memoryLimitMb > 0 ? Message("over_memory_limit", {end.memoryLimitMb})
                                                 : Message("machine_out_of_memory");
    if (exit.kind == WorkerExit::Kind::Signalled && exit.code == SIGKILL)
        exit.message = Message("killed_by_kernel", {reason.asArgument()});
    else
        exit.message = Message("ended_after_oom_kill", {exit.message.asArgument(), reason.asArgument()});
    return exit;
}

} // namespace lifeguard
