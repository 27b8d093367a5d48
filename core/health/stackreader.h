// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/processfacts.h"
#include "core/health/stacktrace.h"

#include <functional>

class QObject;

namespace lifeguard {

/// The process whose stack to capture, and the program that captures it.
struct StackRequest
{
    QString tool; ///< path of eu-stack or gdb, from findStackTool()
    ProcessFacts process;
    milliseconds timeout{10'000}; ///< gdb reads symbols, which takes seconds on a slow disk
};

/// Searches PATH for a program that captures stacks. Returns eu-stack (elfutils), which is fast, otherwise gdb; empty
/// if neither is installed.
[[nodiscard]] QString findStackTool();

/// Returns a StackTrace without a stack, with this problem.
[[nodiscard]] StackTrace missingStack(const ProcessFacts &process, const QString &problem);

/// Returns the problem to report if neither eu-stack nor gdb is installed.
[[nodiscard]] QString missingStackToolText();

/// Returns the problem to report if a tool printed no stack. output: what the tool printed; ptraceScope: the value of
/// /proc/sys/kernel/yama/ptrace_scope, -1 if the system has none. Pure.
[[nodiscard]] QString stackFailureText(const ProcessFacts &process, const QString &toolName, const QString &output,
                                       int ptraceScope);

/// Returns whether the native stack of a process is meaningful. For Java, Python and similar languages, it shows only
/// the interpreter.
[[nodiscard]] bool hasNativeStack(const ProcessFacts &process);

/// Captures a stack and passes it to callback, from the event loop of this thread; the callback is not called if
/// context was destroyed before. The process is halted in the meantime (for milliseconds with eu-stack). After the
/// timeout the tool is terminated with its process group, and the process is resumed if the tool left it stopped. If
/// context is destroyed, the tool is not killed, because that could leave the process stopped.
void readStack(const StackRequest &request, QObject *context, std::function<void(const StackTrace &)> callback);

} // namespace lifeguard
