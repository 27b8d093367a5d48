// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exitcode.h"
#include "app/ctl/idlewatch.h"
#include "app/ctl/notereader.h"
#include "app/ctl/servicenotifier.h"
#include "core/metrics/metricsserver.h"
#include "core/session/configfollower.h"
#include "core/session/managersession.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <optional>

namespace lifeguard::ctl {

class RunPrinter;

struct RunOptions
{
    QString database; ///< absolute path
    QString workspace; ///< absolute path
    QList<WorkerConfig> pools; ///< if empty, those of the configuration, or a pool for each type that has waiting jobs
    std::optional<RunningConfig> config; ///< the configuration file, if any; its pools run only if pools is empty
    bool untilIdle = false; ///< end when no job of the pools' types is waiting or running, or when none of these jobs
                            ///< can be run
    bool allowNetworkFile = false; ///< as in ManagerSessionOptions
    QStringList outputRoots; ///< as in ManagerSessionOptions
    std::optional<seconds> timeout;
    std::optional<HttpAddress> metricsAddress; ///< no value: metrics are not served
};

/// Decides when `lifeguardctl run` ends, and with which exit code. It ends when it is interrupted, when the timeout is
/// reached, when a pool cannot be started, when the database fails, or, with untilIdle, when there is nothing left to
/// do. Lives on the main thread; finished() is emitted exactly once after start().
class RunSession : public QObject
{
    Q_OBJECT

public:
    /// The printer must outlive the session.
    RunSession(RunOptions options, RunPrinter &printer, QObject *parent = nullptr);
    ~RunSession() override;

    void start();
    /// Stops the pools at the first call, and kills the remaining workers at the second.
    void interrupt(const QString &reason);
    /// Stops the pools, but never kills workers: a terminal that is closed can send several signals at once.
    void hangUp(const QString &reason);
    /// Stops the pools, because nothing reads the output any more.
    void endWithoutOutput();

Q_SIGNALS:
    void finished(lifeguard::ctl::ExitCode exitCode);

private:
    void connectPrinter();
    [[nodiscard]] Status serveMetrics();
    void updateServiceStatus();
    void readEarlierFailures();
    void startPools();
    void choosePools();
    void followConfig();
    void onSnapshot(const StoreSnapshot &snapshot);
    void endIfIdle();
    void end(ExitCode exitCode, const QString &reason);
    void endWithError(const Error &error);
    void onNotes(const QList<JobNote> &notes);
    void readNewFailures();
    void reportNewFailures(const QList<Job> &failed);
    void finish(ExitCode exitCode);

    [[nodiscard]] QFuture<Result<QList<Job>>> jobsWithStatus(JobStatus status);

    RunOptions m_options;
    RunPrinter &m_printer;
    ManagerSession m_session;
    IdleWatch m_idle;
    NoteReader m_notes;
    qint64 m_cachedJobs = 0; ///< jobs whose outputs were not made again
    std::unique_ptr<ConfigFollower> m_follower; ///< null without a configuration with pools to run
    ServiceNotifier m_service;
    std::unique_ptr<MetricsServer> m_metrics; ///< null: metrics are not served
    QSet<QString> m_types; ///< of the pools
    QHash<qint64, QDateTime> m_earlierFailures; ///< by job: the time of failures from before the pools were started
    StoreSnapshot m_snapshot; ///< the newest one read after the manager was ready
    bool m_poolsStarted = false;
    bool m_ending = false;
    bool m_killing = false;
    bool m_waitingForWorkers = false; ///< the database was replaced, and the workers were killed
    bool m_finished = false;
    ExitCode m_exitCode = ExitCode::Success;
};

} // namespace lifeguard::ctl
