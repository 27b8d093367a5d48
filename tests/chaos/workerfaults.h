// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

namespace lifeguard::chaos {

/// Kills, crashes, terminates and stops workers and their tools.
class WorkerFaults
{
public:
    explicit WorkerFaults(FaultContext &context);

    [[nodiscard]] std::vector<Fault> faults();
    /// Lets all stopped workers continue.
    void continueAll();

private:
    void signalWorker(int signalNumber, const QString &fault);
    void stopTemporarily();
    void killTool();

    FaultContext &m_context;
};

} // namespace lifeguard::chaos
