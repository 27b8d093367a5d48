// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"
#include "tests/chaos/faultinjector.h"
#include "tests/chaos/jobfeeder.h"
#include "tests/chaos/leftovers.h"
#include "tests/chaos/managers.h"
#include "tests/chaos/outcome.h"
#include "tests/chaos/testbed.h"

#include <QElapsedTimer>

#include <memory>

namespace lifeguard::chaos {

/// A run: phases with faults, each but the last of which ends with a replaced database, then a time without faults in
/// which the rest of the jobs is completed, then the checks.
class ChaosRun
{
public:
    explicit ChaosRun(const Options &options) : m_options(options), m_testbed(options), m_feeder(m_testbed) {}

    /// Returns whether everything was prepared. Prints why not, and which faults are left out.
    [[nodiscard]] bool create();
    void injectFaults();
    void finishJobs();
    /// Prints what was done and found. Returns whether nothing was lost or left, and nothing else was wrong.
    [[nodiscard]] bool report();

private:
    void runPhase(int phase);
    void printProgress();
    void measureLog();
    void waitForRecordedEnds();
    [[nodiscard]] qint64 countCompleted();
    void printFaults() const;

    const Options m_options;
    Testbed m_testbed;
    JobFeeder m_feeder;
    std::unique_ptr<Managers> m_managers;
    std::unique_ptr<FaultContext> m_context;
    std::unique_ptr<FaultInjector> m_injector;
    QElapsedTimer m_running;
    qint64 m_reportedAt = 0; ///< ms
    qint64 m_largestLog = 0; ///< bytes of the write-ahead log
    double m_faultSeconds = 0;
};

} // namespace lifeguard::chaos
