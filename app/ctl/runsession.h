// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commands.h"
#include "core/base/systemclock.h"
#include "core/config/workerconfig.h"
#include "core/pool/workerpoolmanager.h"
#include "core/store/store.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QSet>

#include <optional>

namespace lifeguard::ctl {

class RunPrinter;

struct RunOptions
{
    QString database;
    QString workspace;
    QList<WorkerConfig> pools; ///< empty: for whatever waits
    bool untilIdle = false;
    std::optional<seconds> timeout;
};

/// The command run: owns pools until it is idle (if wanted), told to stop, or out of time, then stops them and says how it
/// went. Lives on the main thread; finished() follows start() exactly once.
class RunSession : public QObject
{
    Q_OBJECT

public:
    RunSession(RunOptions options, RunPrinter &printer, QObject *parent = nullptr);
    ~RunSession() override;

    void start();
    /// Stops the pools; called a second time, kills what is left of them.
    void stop(const QString &why);

Q_SIGNALS:
    void finished(int exitCode);

private:
    using FailedJobs = QHash<qint64, QDateTime>; ///< when each failed

    void opened();
    void rememberFailed();
    void startPools();
    void end(int exitCode, const QString &why);
    void endForError(const Error &error);
    void readOutcome();
    void finish(int exitCode);

    void onSnapshot(const StoreSnapshot &snapshot);
    void onPools(const QList<PoolInfo> &pools);
    void onWorkers(const QList<WorkerInfo> &workers);
    void onEvent(const Event &event);
    void checkIdle();
    void nameStuckJobs(const QStringList &types);
    [[nodiscard]] QStringList crashLoopingTypes() const;
    [[nodiscard]] QFuture<Result<QList<Job>>> jobsOf(JobStatus status);

    RunOptions m_options;
    RunPrinter &m_printer;
    SystemClock m_clock;
    Store m_store;
    std::unique_ptr<WorkerPoolManager> m_manager;
    QSet<QString> m_types; ///< of the pools
    FailedJobs m_failedBefore;
    std::optional<StoreSnapshot> m_snapshot; ///< the newest since the pools were started
    bool m_poolsStarted = false;
    bool m_ending = false;
    bool m_killing = false;
    bool m_finished = false;
    int m_exitCode = ExitWell;
    QHash<QString, QString> m_poolStates;
    QHash<QString, QString> m_poolModes; ///< why each runs as it does, as said last
    QSet<QString> m_toolsLooked; ///< pools whose converter's tools were looked for
    QHash<QString, QString> m_poolWaits; ///< what each waits for, as said last
    QElapsedTimer m_sinceWait; ///< what was printed last
    QHash<QString, QString> m_workerStates;
    QString m_lastProgress;
    QElapsedTimer m_sinceProgress;
};

} // namespace lifeguard::ctl
