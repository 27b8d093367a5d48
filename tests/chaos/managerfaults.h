// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

#include <QElapsedTimer>

namespace lifeguard::chaos {

/// Kills and stops managers, and adds managers: a second one on the same database, one that sees only its own
/// processes, and one with a crowd of workers.
class ManagerFaults
{
public:
    explicit ManagerFaults(FaultContext &context);

    [[nodiscard]] std::vector<Fault> faults();
    /// Starts the crowd in this phase, in some phases.
    void beginPhase(int phase);
    /// Observes the crowd. Returns whether it has been complete, or is not due in this phase.
    bool observeCrowd();
    static constexpr double completeCrowd = 0.9; ///< the other faults always kill some workers
    [[nodiscard]] int largestCrowd() const { return m_largestCrowd; }

private:
    void killManager(std::size_t index);
    void killRandom();
    void stopTemporarily();
    void addOrKillSecond();
    void addHidden();
    void startCrowd();
    void replaceIncompleteCrowd();

    FaultContext &m_context;
    bool m_canHide;
    bool m_isCrowdAwaited = false; ///< it is not killed before it is complete
    int m_crowds = 0;
    QElapsedTimer m_crowdTime; ///< since the latest crowd was started
    int m_largestCrowd = 0; ///< workers of a crowd that were alive and registered at the same time
};

} // namespace lifeguard::chaos
