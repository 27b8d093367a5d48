// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metricsserver.h"
#include "core/session/configfollower.h"
#include "core/session/managersession.h"
#include "core/session/poolcontrol.h"
#include "core/submit/jobadder.h"

#include <QObject>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>

namespace lifeguard {

/// What the dashboard was started with.
struct DashboardOptions : ManagerSessionOptions
{
    QStringList submit; ///< files and folders to add as jobs when the manager is ready
    std::optional<RunningConfig> config; ///< the configuration file whose pools run
    QString metrics; ///< the address at which metrics are served; empty: they are not
    QString configProblem; ///< why a configuration file that was found is not used; shown when the session begins
};

/// The objects behind one main window: the manager session, the adding of jobs, and the commands of the jobs page.
/// Lives on the GUI thread. No function blocks; results arrive by signals.
class DashboardSession : public QObject
{
    Q_OBJECT

public:
    explicit DashboardSession(DashboardOptions options, QObject *parent = nullptr);
    ~DashboardSession() override;

    /// Begins the start-up; opened() or errorHappened() follows. When the session is ready, it runs the pools of the
    /// configuration file, serves metrics, and adds the initial jobs.
    void open();
    /// As open(), for a session that might not be shown: it only begins to work at begin().
    void prepare();
    /// Lets a prepared session work.
    void begin();

    [[nodiscard]] const DashboardOptions &options() const { return m_options; }
    [[nodiscard]] Store &store() { return m_session.store(); }
    /// Returns the manager; null before opened().
    [[nodiscard]] WorkerPoolManager *manager() { return m_session.manager(); }

    [[nodiscard]] bool isOpen() const { return m_session.isOpen(); }
    /// Returns whether the manager has started.
    [[nodiscard]] bool isReady() const { return m_session.isReady(); }
    /// Returns whether the database could not be opened or the manager failed.
    [[nodiscard]] bool hasFailed() const { return m_session.hasFailed(); }
    /// Returns whether the database was deleted, moved, replaced or restored while it was open.
    [[nodiscard]] bool isDatabaseReplaced() const { return m_session.isDatabaseReplaced(); }
    [[nodiscard]] bool isLocked() const { return m_session.isLocked(); }
    /// Returns a text that says which program has locked the database, while isLocked().
    [[nodiscard]] QString lockedText() const { return m_session.lockedText(); }
    [[nodiscard]] bool hasLiveWorkers() const { return m_session.hasLiveWorkers(); }
    /// Returns why pools and jobs cannot be changed at the moment, as a clause without capital and full stop ("the
    /// database is not open yet"); empty if they can be changed.
    [[nodiscard]] QString disabledReason() const;

    /// Returns the newest snapshot of the database.
    [[nodiscard]] const StoreSnapshot &snapshot() const { return m_session.snapshot(); }
    /// Emits the signals that carry the current state again, for a window that was created after them.
    void republish();

    /// Returns the object that controls the pools and workers of all managers.
    [[nodiscard]] PoolControl &control() { return m_control; }
    /// Returns how long this window keeps history.
    [[nodiscard]] const RetentionConfig &retention() const { return m_session.options().retention; }
    /// Agrees to the announced first deletion of history, which then begins.
    void consentToPruning();
    /// Returns the address at which metrics are served; empty if they are not.
    [[nodiscard]] QString metricsAddress() const { return m_metrics ? m_metrics->address().toString() : QString(); }
    [[nodiscard]] Status launch(const WorkerConfig &config);
    /// Returns the object that adds jobs; its signals report the progress.
    [[nodiscard]] JobAdder &adder() { return m_adder; }
    /// Returns whether jobs are being added that are not in the database yet.
    [[nodiscard]] bool isAdding() const { return m_planning || m_adder.state().active; }
    void retryJobs(const QList<qint64> &ids);
    void cancelJobs(const QList<qint64> &ids);
    void retryMatching(const JobFilter &filter);
    /// Runs finished jobs again, without the results cache: otherwise an output that exists already would be kept.
    void rerunJobs(const QList<qint64> &ids);
    void rerunMatching(const JobFilter &filter);
    void cancelMatching(const JobFilter &filter);

    /// Examines a worker; see ManagerSession::diagnose().
    void diagnose(const WorkerInfo &worker, QObject *context, std::function<void(const Diagnosis &)> report);

    /// Stops all workers; ended() follows once, when no worker is left and the jobs being added are in the database.
    /// With a grace period of 0 the workers are killed, and jobs that are not in the database yet are discarded.
    void end(std::optional<seconds> grace = {});

Q_SIGNALS:
    void opened();
    /// The result of disabledReason(), isReady() or hasFailed() may have changed.
    void readinessChanged();
    void errorHappened(const lifeguard::Error &error);
    /// isDatabaseReplaced() has become true. open() of another session can open the file again.
    void databaseReplaced(const lifeguard::Error &error);
    /// There is something that the user should know and that is not an error.
    void noticed(const QString &text);
    /// A program locked the database (lockedText()), or released the lock. Commands wait while the database is locked.
    void lockedChanged(bool locked);
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    /// The pools of this manager and of other managers.
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    /// An event was recorded.
    void eventHappened();
    void ended();

private:
    void onReady();
    void onFailed(const Error &error);
    void emitEndedWhenDone();
    void work();
    [[nodiscard]] bool lockConfig();
    void startConfig();
    void serveMetrics();
    void submitInitialPaths();
    void reportSkippedPaths(const JobPlan &plan);
    /// Runs a command of the store, retries it while another program keeps the database locked, and reports other
    /// errors.
    void changeJobs(std::function<QFuture<Result<int>>()> command);

    DashboardOptions m_options;
    Error m_replacedError; ///< if isDatabaseReplaced()
    ManagerSession m_session;
    PoolControl m_control;
    JobAdder m_adder;
    std::unique_ptr<ConfigLock> m_configLock;
    std::unique_ptr<MetricsServer> m_metrics; ///< null: metrics are not served
    std::unique_ptr<ConfigFollower> m_follower; ///< Declared after the session, which it uses.
    bool m_planning = false; ///< the paths in DashboardOptions::submit are being searched
    bool m_mayWork = false; ///< open() or begin() was called
    bool m_ending = false;
    bool m_stopped = false; ///< no worker is left
    bool m_discardsJobs = false; ///< end() does not wait for jobs that are being added
    bool m_ended = false;
};

} // namespace lifeguard
