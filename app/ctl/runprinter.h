// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobresult.h"
#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"

#include <QElapsedTimer>
#include <QHash>
#include <QJsonObject>
#include <QSet>
#include <QString>

#include <functional>
#include <utility>

namespace lifeguard::ctl {

/// The output of `lifeguardctl run`: one line for each change, or with JSON one array with an object for each change.
/// The array is well-formed at any time, except for its end, which the destructor writes.
class RunPrinter
{
public:
    explicit RunPrinter(bool json);
    ~RunPrinter();
    Q_DISABLE_COPY_MOVE(RunPrinter)

    /// Prints the pools whose state or mode has changed since the last call, and the missing tools of each pool.
    void printPools(const QList<PoolInfo> &pools);
    /// Prints the workers of this manager whose state or job has changed since the last call.
    void printWorkers(const QList<WorkerInfo> &workers);
    /// Prints an event, unless printPools() or printWorkers() reports the change.
    void printEvent(const Event &event);
    /// Prints the number of jobs if it has changed, at most once a second. isFinal: prints it regardless of the time.
    void printProgress(const JobCounts &counts, bool isFinal);

    void printFailedJob(const Job &job);
    /// Prints what users must know about the result of a job.
    void printNote(const JobNote &note);
    /// Prints how many jobs were completed without a conversion.
    void printCachedJobs(qint64 jobs);
    /// Prints a job that no worker can run.
    void printStuckJob(const Job &job);
    /// Prints that jobs of a type wait for which no pool was started.
    void printUnhandledType(const QString &type, qint64 pending);

    /// Prints where metrics can be read.
    void printMetricsAddress(const QString &address);

    void printReadError(const Error &error);
    void printWriteError(const Error &error);
    void printLocked(bool locked, const QString &text);

    /// Prints that the command is about to end. live: whether workers have to be stopped first.
    void printEnding(bool live, const QString &reason);
    void printKilling(const QString &reason);

    /// Sets the function to call, once, when the program that reads the output has closed it.
    void setOnClosed(std::function<void()> onClosed) { m_onClosed = std::move(onClosed); }

private:
    void printModeOf(const PoolInfo &pool);
    void printMissingToolsOf(const PoolInfo &pool);
    void printStateOf(const PoolInfo &pool);
    /// kind is for programs ("worker_state"); subject and detail are for people. fields are added to the JSON object.
    void print(const QString &kind, const QString &subject, const QString &detail, const QJsonObject &fields = {});

    const bool m_json;
    std::function<void()> m_onClosed; ///< null after it was called
    bool m_first = true; ///< nothing has been printed yet
    // The values that were printed last, by pool or worker.
    QHash<QString, PoolState> m_poolStates;
    QHash<QString, QString> m_modeReasons;
    QHash<QString, QString> m_waitReasons;
    QSet<QString> m_checkedTools; ///< pools whose tools were checked
    QHash<QString, QString> m_workerStates;
    QString m_progress;
    QElapsedTimer m_sinceProgress;
    QElapsedTimer m_sinceWaitReason;
};

} // namespace lifeguard::ctl
