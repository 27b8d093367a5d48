// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/commandfaults.h"
#include "tests/chaos/databasefaults.h"
#include "tests/chaos/diskfaults.h"
#include "tests/chaos/faultcontext.h"
#include "tests/chaos/lockfaults.h"
#include "tests/chaos/managerfaults.h"
#include "tests/chaos/workerfaults.h"

#include <QObject>
#include <QTimer>

namespace lifeguard::chaos {

/// Injects one random fault after another until it is stopped. Faults that last for a time are reverted when it is
/// over, or when the phase ends.
class FaultInjector : public QObject
{
    Q_OBJECT

public:
    explicit FaultInjector(FaultContext &context);

    void beginPhase(int phase);
    /// Injects no further faults, and reverts those that still last.
    void endPhase();
    /// Watches what outlasts single faults. Called several times per second. Returns whether the phase may end.
    bool observe();

    [[nodiscard]] DatabaseFaults &databaseFaults() { return m_database; }
    [[nodiscard]] const ManagerFaults &managerFaults() const { return m_managers; }
    [[nodiscard]] CommandFaults &commandFaults() { return m_commands; }

private:
    void inject();
    [[nodiscard]] const Fault &choose();

    FaultContext &m_context;
    WorkerFaults m_workers;
    ManagerFaults m_managers;
    CommandFaults m_commands;
    LockFaults m_locks;
    DiskFaults m_disk;
    DatabaseFaults m_database;
    std::vector<Fault> m_faults;
    QTimer m_timer;
};

} // namespace lifeguard::chaos
