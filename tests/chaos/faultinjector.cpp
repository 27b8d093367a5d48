// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/faultinjector.h"

namespace lifeguard::chaos {

FaultInjector::FaultInjector(FaultContext &context)
    : m_context(context)
    , m_workers(context)
    , m_managers(context)
    , m_commands(context)
    , m_locks(context)
    , m_disk(context)
    , m_database(context)
{
    for (const std::vector<Fault> &faults :
         {m_workers.faults(), m_managers.faults(), m_commands.faults(), m_locks.faults(), m_disk.faults()}) {
        m_context.expect(faults);
        m_faults.insert(m_faults.end(), faults.begin(), faults.end());
    }
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FaultInjector::inject);
}

void FaultInjector::beginPhase(int phase)
{
    m_managers.beginPhase(phase);
    m_locks.start();
    m_timer.start(std::chrono::milliseconds(500));
}

void FaultInjector::endPhase()
{
    m_timer.stop();
    m_locks.stop();
    m_context.revertAll();
    m_workers.continueAll();
    m_commands.checkTerminated();
}

bool FaultInjector::observe()
{
    m_context.managers.forgetEnded();
    if (m_context.managers.count(Managers::Kind::Normal) == 0) // as a supervisor would
        m_context.managers.start(Managers::Kind::Normal);
    return m_managers.observeCrowd();
}

/// Chooses a fault by weight. Rare faults that have not happened yet are preferred, so that a short run has them too.
const Fault &FaultInjector::choose()
{
    const bool prefersMissing = m_context.randomBetween(0, 2) == 0;
    std::vector<const Fault *> candidates;
    for (const Fault &fault : m_faults) {
        if (prefersMissing && m_context.counts().value(fault.name) == 0)
            candidates.push_back(&fault);
    }
    if (candidates.empty()) {
        for (const Fault &fault : m_faults)
            candidates.insert(candidates.end(), std::size_t(fault.weight), &fault);
    }
    return *candidates.at(std::size_t(m_context.randomBetween(0, int(candidates.size()) - 1)));
}

void FaultInjector::inject()
{
    m_context.beginFault();
    const int pause = m_context.randomBetween(20, 400);
    m_context.managers.forgetEnded();
    choose().inject();
    m_timer.start(pause);
}

} // namespace lifeguard::chaos
