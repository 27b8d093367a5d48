// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/testbed.h"

#include <QMap>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace lifeguard::chaos {

/// Injects one random fault after another into a testbed until it is stopped: kills and stops workers, tools and
/// managers, locks the database and fills the disk. Faults that last for a limited time are reverted when it is over,
/// or by stop().
class FaultInjector : public QObject
{
    Q_OBJECT

public:
    explicit FaultInjector(Testbed &testbed);

    void start();
    /// Injects no further faults and reverts those that still last.
    void stop();
    /// Returns how often each kind of fault was injected, by its description.
    [[nodiscard]] const QMap<QString, int> &counts() const { return m_counts; }

private:
    void injectFault();
    void signalWorker(int signalNumber, const QString &description);
    void stopWorkerTemporarily();
    void stopWorkerPermanently();
    void killTool();
    void lockDatabase();
    void fillDisk();
    void killManager();
    void stopManagerTemporarily();
    void addOrKillSecondManager();
    [[nodiscard]] int randomBetween(int minimum, int maximum);
    /// Reverts a fault after this many milliseconds, or when the injector is stopped, if that is earlier.
    void scheduleRevert(int delay, std::function<void()> revert);

    Testbed &m_testbed;
    std::mt19937 m_random;
    QTimer m_timer;
    QMap<QString, int> m_counts;
    bool m_isDatabaseLocked = false;
    bool m_isDiskFull = false;
    std::vector<std::pair<std::unique_ptr<QTimer>, std::function<void()>>> m_reverts;
};

} // namespace lifeguard::chaos
