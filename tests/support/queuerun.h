// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "tests/support/manualclock.h"
#include "tests/support/queuemodel.h"
#include "tests/support/queuetest.h"

#include <memory>
#include <vector>

namespace lifeguard::test {

/// One step of many. Its numbers mean something in any state of the queue, so that a list of steps that fails can be made shorter
/// and still be taken.
struct Step
{
    enum Operation { Add, Claim, ClaimBatch, Acknowledge, Fail, GiveBack, Cancel, Retry, WorkerStarts, WorkerDies, WorkerLeaves, RowGoes,
                     ManagerDies, Rescue, AttemptsCut };

    Operation operation = Add;
    quint32 a = 0;
    quint32 b = 0;
    quint32 c = 0;
    int connection = 0; ///< by which it is taken, 0 to QueueRun::connections - 1
};

/// One real file, several connections to it, and the model beside it: after each step the two are compared, and what may never be
/// is looked for whatever the model says.
class QueueRun
{
public:
    static constexpr int connections = 3;

    QueueRun();
    /// What was wrong after the step; empty: nothing.
    QString take(const Step &step);
    /// The steps taken, in words.
    [[nodiscard]] const QStringList &told() const { return m_told; }
    /// Whether each attempt that ended without a result is in the event log; says what is wrong, as take() does.
    QString atTheEnd();

private:
    struct Connection
    {
        std::unique_ptr<Database> db;
        std::unique_ptr<JobQueue> queue;
        std::unique_ptr<WorkerRegistry> registry;
    };

    QString act(const Step &step, Connection &by);
    QString finish(const Step &step, Connection &by);
    QString end(const Step &step, Connection &by, qint64 worker);
    QString compare(const Step &step, Connection &by);
    void tell(const QString &what) { m_told.append(QString::number(m_told.size() + 1) + QStringLiteral(". ") + what); }
    template <typename Key>
    static Key one(const QList<Key> &of, quint32 chosen) { return of.isEmpty() ? Key() : of.at(chosen % quint32(of.size())); }

    QTemporaryDir m_folder;
    ManualClock m_clock;
    std::vector<Connection> m_connections;
    std::unique_ptr<RawSql> m_raw;
    QueueModel m_model;
    QList<Lease> m_leases; ///< all there ever were: who held one may come back long after it is lost
    QSet<QString> m_finished; ///< leases that completed or failed their job
    QHash<qint64, QPair<QString, int>> m_before; ///< status and attempts of each job, as the table had them
    QStringList m_told;
    int m_names = 0;
};

} // namespace lifeguard::test
