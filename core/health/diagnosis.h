// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/health/processfacts.h"
#include "core/health/usagehistory.h"
#include "core/model/workerinfo.h"

#include <QDateTime>
#include <QList>
#include <QStringList>

namespace lifeguard {

/// Which worker is to be diagnosed, and what is known of it already.
struct DiagnosisRequest
{
    WorkerInfo worker;
    ProcessIdentity process; ///< null: only worker.pid is known, or not even that
    UsageHistory history; ///< empty where this program has not watched it
    QStringList events; ///< what happened to it, oldest first, a line each with its time
    QStringList jobs; ///< of one that ended: what it worked on last, a line each
    bool judgedByBeat = true; ///< false: a stale beat means nothing while it is busy (it did not come from us)
    QString problem; ///< what could not be found out, in words

    bool operator==(const DiagnosisRequest &) const = default;
};

/// What is to be seen of a worker's process from here.
enum class ProcessSight {
    Unread, ///< not looked yet
    Seen,
    Unnamed, ///< its pid is not known
    Gone,
    Elsewhere, ///< in another container, of another machine or another boot
    Unanswered, ///< /proc did not answer in time: the kernel holds the process
};

/// A stack, or why there is none.
struct StackTrace
{
    qint64 pid = 0;
    QString name;
    QString tool; ///< "eu-stack", "gdb"
    QString text; ///< as the tool wrote it; may be a part, then problem says so
    QString problem; ///< in words; empty: none
    bool underWay = false;

    bool operator==(const StackTrace &) const = default;
};

/// All that could be found out about one worker, at one moment. A plain value; core/health/diagnoser.h fills it.
struct Diagnosis
{
    static constexpr int linesShown = 20; ///< of its log

    DiagnosisRequest asked;
    QDateTime at; ///< UTC
    ProcessSight sight = ProcessSight::Unread;
    bool vanished = false; ///< it was there, and went while it was looked at
    QList<ProcessFacts> processes; ///< the worker first, each before its children
    QList<UsageSample> looks; ///< measured just now, a second each
    bool measuring = false; ///< further looks come
    QStringList lastLines; ///< of its log, what looks like a secret masked
    QString logProblem; ///< why there are none
    QList<StackTrace> stacks;

    bool operator==(const Diagnosis &) const = default;
    [[nodiscard]] const ProcessFacts *worker() const { return processes.isEmpty() ? nullptr : &processes.first(); }
    /// What it started first and still waits for: a converter's tool, or the command below a guard; null: none.
    [[nodiscard]] const ProcessFacts *tool() const;
    /// Whether a stack is still being made, or looks are to come.
    [[nodiscard]] bool isUnderWay() const;
};

/// What is wrong with it, and what to do, in a few sentences: "notebook-0 is suspect: no beat for 38 s. Its process was stopped by a
/// signal (SIGSTOP); `kill -CONT 1234` lets it go on." Pure.
[[nodiscard]] QString conclusionOf(const Diagnosis &diagnosis);

/// The whole as text that a stranger can read, to be pasted into a report: the conclusion, then a heading a section. Pure. Times are
/// local. Lines end in "\n".
[[nodiscard]] QString textOf(const Diagnosis &diagnosis);

/// The text without the conclusion. Pure.
[[nodiscard]] QString detailsOf(const Diagnosis &diagnosis);

/// Whether a stack of that process tells anything: those of Java, Python and the like only show their interpreter.
[[nodiscard]] bool hasNativeStack(const ProcessFacts &process);

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Diagnosis)
