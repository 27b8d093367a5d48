// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/health/diagnosis.h"
#include "core/pool/workerpoolmanager.h"
#include "core/store/store.h"
#include "core/submit/jobplanner.h"
#include "ui/jobadder.h"

#include <QObject>

#include <functional>
#include <memory>

namespace lifeguard {

/// What the dashboard was started with.
struct SessionOptions
{
    QString database; ///< absolute
    QString workspace; ///< absolute
    QString workerProgram; ///< lifeguard-worker; empty: beside this program, then in PATH
    bool readOnly = false;
    QList<WorkerConfig> pools; ///< launched once the manager is ready
    QStringList submit; ///< added as jobs once the database is open
};

/// The dashboard's objects behind the window: the store, the manager on it, and what was asked for at the start. Commands
/// answer by signals; nothing waits.
class Session : public QObject
{
    Q_OBJECT

public:
    explicit Session(SessionOptions options, QObject *parent = nullptr);
    ~Session() override;

    /// Opens the database; opened() or errorHappened() follows.
    void open();

    [[nodiscard]] const SessionOptions &options() const { return m_options; }
    [[nodiscard]] Store &store() { return *m_store; }
    [[nodiscard]] bool isOpen() const { return m_manager != nullptr; }
    /// Pools and jobs can be looked after: opened, and the manager is there.
    [[nodiscard]] bool isReady() const { return m_ready; }
    /// As last read.
    [[nodiscard]] const StoreSnapshot &snapshot() const { return m_snapshot; }
    /// Emits once more what is known, for a window that came later.
    void republish();
    [[nodiscard]] bool isLocked() const { return m_locked; }
    /// The database could not be opened, or the manager not started.
    [[nodiscard]] bool hasFailed() const { return m_failed; }
    /// Nothing until opened().
    [[nodiscard]] WorkerPoolManager *manager() { return m_manager.get(); }
    /// Why pools and jobs cannot be changed: not open yet, or only watched; empty: they can.
    [[nodiscard]] QString disabledReason() const;

    Status launch(const WorkerConfig &config);
    /// Adds what is asked of it; its signals tell how far that is.
    [[nodiscard]] JobAdder &adder() { return *m_adder; }
    /// Whether jobs that were asked for are not in the database yet.
    [[nodiscard]] bool isAdding() const { return m_planning || m_adder->state().active; }
    void retryJobs(const QList<qint64> &ids);
    void cancelJobs(const QList<qint64> &ids);
    void retryMatching(const JobFilter &filter);
    void cancelMatching(const JobFilter &filter);

    /// Finds out about a worker; tell is called on this thread each time more is known (Diagnosis::isUnderWay() says whether more comes),
    /// never when context is gone. worker: as it is known now, for the case that the database has no row of it any more.
    void diagnose(const WorkerInfo &worker, QObject *context, std::function<void(const Diagnosis &)> tell);

    [[nodiscard]] bool hasLiveWorkers() const { return m_manager && m_manager->hasLiveWorkers(); }
    /// Stops every worker; ended() follows, once, when none is left and all jobs that were being added are in the database. With
    /// grace 0 workers are killed, and what is not in the database yet is given up.
    void end(std::optional<seconds> grace = {});

Q_SIGNALS:
    void opened();
    void readinessChanged();
    void errorHappened(const lifeguard::Error &error);
    void noticed(const QString &text);
    /// Another program keeps the database locked; commands wait for it.
    void lockedChanged(bool locked);
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    void eventHappened();
    void ended();

private:
    void onOpened();
    void onReady();
    void endWhenDone();
    void submit();
    void tellOfSkipped(const JobPlan &plan);
    /// Gives the command to the store, again while another program keeps the database locked, and tells of what else goes wrong.
    void change(std::function<QFuture<Result<int>>()> command);

    SessionOptions m_options;
    SystemClock m_clock;
    std::unique_ptr<Store> m_store;
    std::unique_ptr<JobAdder> m_adder;
    std::unique_ptr<WorkerPoolManager> m_manager; ///< after the store: it goes first
    bool m_ready = false;
    bool m_failed = false;
    bool m_planning = false; ///< what was asked for at the start (SessionOptions::submit) is looked through
    bool m_ending = false;
    bool m_stopping = false; ///< workers, and what they leave in the database, are waited for
    bool m_ended = false;
    bool m_givesUp = false; ///< jobs that are being added are not waited for
    bool m_locked = false;
    StoreSnapshot m_snapshot; ///< the last one
};

} // namespace lifeguard
