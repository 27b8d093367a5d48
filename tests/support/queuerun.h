// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "tests/support/manualclock.h"
#include "tests/support/queuemodel.h"
#include "tests/support/queuetest.h"

#include <memory>
#include <vector>

namespace lifeguard::test {

/// One random step. Its numbers are valid in every state of the queue, so that a failing list of steps can be
/// shortened.
struct Step
{
    enum Operation {
        Add,
        Claim,
        ClaimBatch,
        Acknowledge,
        Fail,
        GiveBack,
        Cancel,
        Retry,
        WorkerStarts,
        WorkerDies,
        WorkerLeaves,
        RowIsDeleted,
        ManagerDies,
        Rescue,
        AttemptsAreUsedUp
    };

    Operation operation = Add;
    quint32 a = 0;
    quint32 b = 0;
    quint32 c = 0;
    int connection = 0; ///< the connection that runs it, 0 to QueueRun::connections - 1
};

/// A run of steps on a real file with several connections, and on a model. After each step the file is compared with
/// the model, and the invariants are checked.
class QueueRun
{
public:
    static constexpr int connections = 3;

    QueueRun();
    /// Runs the step. Returns the violated invariant; empty if all hold.
    QString apply(const Step &step);
    /// Returns descriptions of the steps so far.
    [[nodiscard]] const QStringList &steps() const { return m_steps; }
    /// Checks that the event log contains every attempt that ended without a result. Returns the error, as apply()
    /// does.
    QString checkEvents();

private:
    struct Connection
    {
        std::unique_ptr<Database> db;
        std::unique_ptr<JobQueue> queue;
        std::unique_ptr<JobReader> reader;
        std::unique_ptr<InterruptedJobs> interrupted;
        std::unique_ptr<WorkerRegistry> registry;
    };

    QString act(const Step &step, Connection &by);
    QString finish(const Step &step, Connection &by);
    QString end(const Step &step, Connection &by, qint64 worker);
    QString compare(const Step &step, Connection &by);
    void record(const QString &what)
    {
        m_steps.append(QString::number(m_steps.size() + 1) + QStringLiteral(". ") + what);
    }
    template<typename Key>
    static Key choose(const QList<Key> &of, quint32 chosen)
    {
        return of.isEmpty() ? Key() : of.at(chosen % quint32(of.size()));
    }

    QTemporaryDir m_folder;
    ManualClock m_clock;
    std::vector<Connection> m_connections;
    std::unique_ptr<RawSql> m_raw;
    QueueModel m_model;
    QList<Lease> m_leases; ///< of the whole run: a worker may use a lease long after it was lost
    QSet<QString> m_finished; ///< leases that completed or failed their job
    QHash<qint64, QPair<QString, int>> m_before; ///< the status and the attempts of each job before the step
    QStringList m_steps;
    int m_names = 0;
};

} // namespace lifeguard::test
