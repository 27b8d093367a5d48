// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lifeguard::test {
class RawSql;
}

namespace lifeguard::chaos {

/// Locks the database: at random for a short time, and for a long time at each stage of a worker's life in turn. A
/// stage is reached if a worker is seen in it while this program already has the lock.
class LockFaults : public QObject
{
    Q_OBJECT

public:
    explicit LockFaults(FaultContext &context);
    ~LockFaults() override;

    [[nodiscard]] std::vector<Fault> faults();
    /// Begins to lock the database at one stage after another.
    void start();
    /// Ends the present lock.
    void stop();

private:
    static constexpr int stageCount = 6;

    void lockShortly();
    void beginStage();
    void attempt();
    void decide();
    void hold();
    void release();
    void terminateSome();
    [[nodiscard]] bool isStageReached();
    [[nodiscard]] bool hasStartingWorker(bool hasOpenedDatabase);
    [[nodiscard]] bool hasRunningProcess(const QString &condition);
    void next(std::chrono::milliseconds delay, void (LockFaults::*step)());

    FaultContext &m_context;
    QTimer m_timer;
    void (LockFaults::*m_step)() = nullptr;
    std::unique_ptr<test::RawSql> m_connection;
    int m_stage = 0;
    int m_terminations = 0;
    bool m_hasLock = false;
    QElapsedTimer m_sinceBegin;
};

} // namespace lifeguard::chaos
