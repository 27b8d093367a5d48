// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/worker/logwatch.h"
#include "core/worker/wakeplan.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace lifeguard {

class Database;
class IdleSleeper;
class IdleWorkers;

/// Reports commits of other connections to the database that may concern this worker (docs/architecture/store.md, "Idle
/// workers").
///
/// The idle workers of a database divide the work: one of them, the watcher, watches the write-ahead log for all. After
/// a commit it reads how many jobs of each type are pending, and wakes as many of the others, which sleep otherwise
/// (IdleWorkers). If that is not possible, for example because the folder is read-only, each idle worker watches the
/// log and backs off after a commit that added no job for it.
///
/// In addition, each worker polls PRAGMA data_version: every 250 ms while it is busy, once a second while another one
/// watches. Each poll also checks that the database is still the opened one. Belongs to the thread of the database.
class CommitWatcher : public QObject
{
    Q_OBJECT

public:
    /// type: the job type of the worker.
    CommitWatcher(Database &database, const QString &type, QObject *parent = nullptr);
    ~CommitWatcher() override;

    /// Sets whether commits that may have added a job for this worker are reported at once, for an idle worker.
    /// Otherwise commits are reported only by polling, which is sufficient for a busy worker that checks whether its
    /// job was cancelled. A worker that does not claim jobs, whatever the reason, must not be eager: it would be woken
    /// instead of one that does.
    void setEager(bool eager);
    /// Ends eager reports, because a job begins. isBrief: whether it may end within some milliseconds. The
    /// watcher then remains the watcher, and hands over the watch only if the job takes longer.
    void setBusy(bool isBrief);
    /// Without a watcher, ignores commits for a while, because the last one added no job for this worker: 20 ms,
    /// doubled each time, up to 250 ms. A commit in that time is reported at its end. Does nothing unless eager.
    void backOff();
    /// Sets the next pause of backOff() to the shortest one.
    void resetBackOff() { m_backOff = milliseconds(0); }

    /// Returns whether this worker watches the database for the others.
    [[nodiscard]] bool isWatching() const { return m_isWatching; }
    /// Sets the interval at which a busy worker polls; the default is 250 ms. An idle worker polls at four times the
    /// interval while one of them watches.
    void setPollInterval(milliseconds interval);

Q_SIGNALS:
    void committed();
    /// The database file was deleted, moved, replaced or restored (Database::checkIdentity()). No commit is reported
    /// any more.
    void databaseReplaced(const lifeguard::Error &error);

private:
    void startPolling();
    [[nodiscard]] bool isSleeping() const;
    void onPollTimer();
    void onWoken();
    [[nodiscard]] bool look();
    [[nodiscard]] bool hasNewCommit();
    void onNewCommit();
    void wakeWorkers();
    [[nodiscard]] bool wakePlanned();
    void beginIdle();
    void sleep();
    void startWatching();
    void watchLog();
    void stopWatching();
    void reportReplaced(const Error &error);

    Database &m_database;
    const QString m_type;
    std::unique_ptr<IdleWorkers> m_idleWorkers; ///< null if each worker watches the log
    std::unique_ptr<IdleSleeper> m_sleeper; ///< null without m_idleWorkers
    LogWatch m_log;
    WakePlan m_plan;
    QElapsedTimer m_clock; ///< of m_plan
    QTimer m_handOverTimer; ///< of a watcher that is busy for a moment
    QTimer m_planTimer; ///< for WakePlan::nextLook()
    QTimer m_watchTimer; ///< shows the other workers that this one is watching
    QTimer m_pollTimer;
    milliseconds m_pollInterval{0}; ///< of a busy worker
    QTimer m_backOffTimer;
    milliseconds m_backOff{0};
    qint64 m_version = -1;
    bool m_isEager = false;
    bool m_isWatching = false;
    bool m_hasUnreported = false; ///< whether there were commits that were not reported, because they added no job for
                                  ///< this worker
    bool m_isReplaced = false;
};

} // namespace lifeguard
