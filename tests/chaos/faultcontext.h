// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/jobfeeder.h"
#include "tests/chaos/managers.h"
#include "tests/chaos/testbed.h"

#include <QMap>
#include <QObject>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace lifeguard::chaos {

/// One kind of fault that is injected at random. weight: how often it is chosen, compared with the others.
struct Fault
{
    int weight;
    QString name; ///< in the table of faults
    std::function<void()> inject;
};

/// The state that all kinds of faults share: the objects that they act on, the random numbers, the counts, and the
/// faults that last for a time.
class FaultContext : public QObject
{
    Q_OBJECT

public:
    FaultContext(Testbed &testbed, Managers &managers, JobFeeder &feeder);

    /// Begins the random numbers of one fault. They depend only on the seed and the number of the fault, not on how
    /// many numbers the earlier faults needed.
    void beginFault() { m_random.seed(testbed.options().seed + 7919 * ++m_faults); }
    [[nodiscard]] int randomBetween(int minimum, int maximum);
    /// Returns a live worker; nothing if there is none.
    [[nodiscard]] std::optional<LiveWorker> randomWorker();
    void count(const QString &fault, int number = 1) { m_counts[fault] += number; }
    /// Adds a kind of fault to the table, so that it appears there even if it never happens.
    void expect(const QString &fault) { m_counts[fault]; }
    void expect(const std::vector<Fault> &faults);
    [[nodiscard]] const QMap<QString, int> &counts() const { return m_counts; }
    [[nodiscard]] bool isEachFaultInjected() const
    {
        return std::find(m_counts.cbegin(), m_counts.cend(), 0) == m_counts.cend();
    }
    /// Reports something that must not happen.
    void reportViolation(const QString &text) { m_violations.append(text); }
    [[nodiscard]] const QStringList &violations() const { return m_violations; }

    /// Reverts a fault after this many milliseconds, or when all faults are reverted, if that is earlier.
    void scheduleRevert(int delay, std::function<void()> revert);
    void revertAll();

    Testbed &testbed;
    Managers &managers;
    JobFeeder &feeder;
    bool isDatabaseLocked = false; ///< by this program
    QSet<QString> spared; ///< executor ids of workers that get no other signal at the moment

private:
    std::mt19937 m_random;
    quint32 m_faults = 0;
    QMap<QString, int> m_counts;
    QStringList m_violations;
    std::vector<std::pair<std::unique_ptr<QTimer>, std::function<void()>>> m_reverts;
};

} // namespace lifeguard::chaos
