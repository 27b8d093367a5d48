// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/configuration.h"
#include "core/model/event.h"
#include "core/store/deletionbudget.h"
#include "core/store/retention.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <optional>

namespace lifeguard {

class Scheduler;
class Store;

/// Keeps the database of a manager small: deletes history that has expired, in small batches with pauses, once an hour,
/// and then returns the unused pages to the file system. Of several managers, one deletes at a time. Also deletes the
/// logs of ended workers, and reports the ends of submissions. Lives on the main thread; the work is done by the
/// store's writer thread.
class HistoryPruner : public QObject
{
    Q_OBJECT

public:
    static constexpr seconds interval{3600}; ///< between the beginnings of two passes
    static constexpr seconds firstPassAfter{30}; ///< so that starting workers are not disturbed
    static constexpr seconds submissionInterval{2};
    static constexpr seconds submissionPatience{3 * submissionInterval}; ///< of a manager without a hook

    /// The store, the clock and the scheduler must outlive this object. logFolder: empty if there are no logs.
    HistoryPruner(Store &store, const Clock &clock, Scheduler &scheduler, const RetentionConfig &config,
                  QString managerId, QString logFolder, QObject *parent = nullptr);
    ~HistoryPruner() override;

    /// Begins to work. Call it once.
    void start();
    /// Sets whether this manager calls a hook for ends of submissions. One that does not leaves an end to the others
    /// for a while, because only the manager that records it calls its hooks.
    void setCallsSubmissionHook(bool calls) { m_callsSubmissionHook = calls; }
    /// Applies another configuration from the next pass on.
    void setConfig(const RetentionConfig &config);
    /// Begins a pass now, for example because the user has agreed to the deletion.
    void passNow() { beginPass(); }
    /// Returns the longest time for which a transaction has held the write lock.
    [[nodiscard]] std::chrono::microseconds longestHold() const { return m_longestHold; }

Q_SIGNALS:
    /// An event has been written to the event log.
    void eventHappened(const lifeguard::Event &event);
    /// A pass has ended: it has deleted what it could, another manager deletes, or the deletion has yet to begin.
    void passEnded(qint64 deleted);

private:
    /// What a step of a pass did.
    struct Step
    {
        bool mayDelete = true; ///< false: another manager deletes, or the deletion has yet to begin
        bool hasEnded = false; ///< nothing is left to do in this pass
        HistoryBatch batch;
        DeletionBudget budget;
        std::optional<Event> event;
        QList<HistorySelection> selections; ///< what a pass deletes
    };
    /// The pass in progress.
    struct Pass
    {
        QList<HistorySelection> left; ///< the first one is in progress
        QHash<HistoryKind, qint64> deleted;
        milliseconds leaseRenewedAt{0};
    };

    void storeConfig();
    void scheduleSubmissions();
    void endSubmissions();
    void endSubmissions(const QSet<qint64> &due);
    void schedulePass(milliseconds delay);
    void beginPass();
    void continuePass();
    void deleteBatch();
    void shrinkFile();
    void endPass();
    void removeOldLogs();
    [[nodiscard]] static Result<Step> prepare(Database &database, const Clock &clock, const QString &managerId,
                                              const RetentionConfig &config);

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    RetentionConfig m_config;
    const QString m_managerId;
    const QString m_logFolder;
    Pass m_pass;
    DeletionBudget m_budget;
    QHash<HistoryKind, HistoryPosition> m_positions; ///< where the next pass begins
    milliseconds m_positionsSince{0};
    bool m_arePositionsOutdated = false; ///< they belong to another configuration
    bool m_isPassing = false;
    bool m_callsSubmissionHook = false;
    QHash<qint64, milliseconds> m_finishedSince; ///< by submission: when it was first seen finished
    std::chrono::microseconds m_longestHold{0};
};

} // namespace lifeguard
