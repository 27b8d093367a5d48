// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosisrequest.h"
#include "core/health/processfacts.h"
#include "core/health/stacktrace.h"
#include "core/health/usagehistory.h"

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QStringList>

namespace lifeguard {

/// Whether the process of a worker can be seen from here.
enum class ProcessVisibility {
    NotRead, ///< not read yet
    Visible,
    PidUnknown,
    Gone,
    Elsewhere, ///< in another container, on another machine or from another boot
    Unresponsive, ///< reading /proc timed out: the process hangs in the kernel
};

/// Everything that could be determined about one worker at one moment. A value type; Diagnoser fills it.
struct Diagnosis
{
    static constexpr int maxLogLines = 20;

    DiagnosisRequest request;
    QDateTime at; ///< UTC
    ProcessVisibility visibility = ProcessVisibility::NotRead;
    bool vanished = false; ///< the process ended during the diagnosis
    QList<ProcessFacts> processes; ///< the worker first, parents before their children
    QList<UsageSample> samples; ///< measured for this diagnosis, one per second
    bool measuring = false; ///< more samples follow
    QStringList lastLines; ///< of the log, with secrets masked
    QString logProblem; ///< why there are no lines: a whole sentence for the user
    QList<StackTrace> stacks;

    bool operator==(const Diagnosis &) const = default;
    /// Returns the process of the worker; null if it is not visible.
    [[nodiscard]] const ProcessFacts *worker() const { return processes.isEmpty() ? nullptr : &processes.first(); }
    /// Returns the first child process that is still running, which is the tool of the current job, or the command of a
    /// guard process; if all children have ended, the first zombie; null if there is none.
    [[nodiscard]] const ProcessFacts *tool() const;
    /// Returns whether more samples or stacks follow.
    [[nodiscard]] bool isInProgress() const;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Diagnosis)
