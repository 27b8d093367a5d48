// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

namespace lifeguard::chaos {

/// Acts on pools that run a command: a worker behind a wrapper script, which must finish its job after TERM, and a
/// worker with a daemon that cleared its environment and must end with it.
class CommandFaults
{
public:
    explicit CommandFaults(FaultContext &context);

    [[nodiscard]] std::vector<Fault> faults();
    /// Reports the jobs that were interrupted although their worker should have finished them. Forgets the jobs that
    /// are still running.
    void checkTerminated();
    /// Kills the daemons that no program can find any more, because both their guard and their manager were killed.
    void killUnreachableDaemons();

private:
    struct Terminated
    {
        LiveWorker worker;
        qint64 job;
        int attempt;
    };
    void terminateWrapped();
    void killGuardOfDaemon();

    FaultContext &m_context;
    std::vector<Terminated> m_terminated;
};

} // namespace lifeguard::chaos
