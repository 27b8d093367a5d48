// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <functional>

class QObject;

namespace lifeguard {

/// Whose stack is wanted, and with which program.
struct StackRequest
{
    QString tool; ///< path of eu-stack or gdb, from stackTool()
    ProcessFacts process;
    milliseconds limit{10'000}; ///< gdb reads symbols, which takes seconds on a slow disk
};

/// The program here that makes stacks: eu-stack (elfutils), which is quick, else gdb; empty: neither is installed. Looks through PATH.
[[nodiscard]] QString stackTool();

/// A stack that was not made, and why.
[[nodiscard]] StackTrace noStack(const ProcessFacts &process, const QString &problem);

/// What to say when there is neither eu-stack nor gdb.
[[nodiscard]] QString noStackTool();

/// Why a process could not be looked into, in plain words. output: what the tool wrote; ptraceScope: of
/// /proc/sys/kernel/yama/ptrace_scope, -1 where the system has none. Pure.
[[nodiscard]] QString stackRefusal(const ProcessFacts &process, const QString &toolName, const QString &output, int ptraceScope);

/// Makes the stack and calls then with it, from the event loop of this thread; never when context is gone by then. The process is halted
/// while it is looked at, milliseconds with eu-stack. At the limit the tool is ended with its process group, and it is seen to that
/// the process is not left stopped. The tool ends on its own time even when context goes: it must not be killed at its work.
void readStack(const StackRequest &request, QObject *context, std::function<void(const StackTrace &)> then);

} // namespace lifeguard
