// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/faultcontext.h"

#include <algorithm>

namespace lifeguard::chaos {

FaultContext::FaultContext(Testbed &testbedOfRun, Managers &managersOfRun, JobFeeder &feederOfRun)
    : testbed(testbedOfRun)
    , managers(managersOfRun)
    , feeder(feederOfRun)
    , m_random(testbedOfRun.options().seed)
{
}

void FaultContext::expect(const std::vector<Fault> &faults)
{
    for (const Fault &fault : faults)
        expect(fault.name);
}

int FaultContext::randomBetween(int minimum, int maximum)
{
    return std::uniform_int_distribution<int>(minimum, maximum)(m_random);
}

std::optional<LiveWorker> FaultContext::randomWorker()
{
    QList<LiveWorker> workers = testbed.liveWorkers();
    workers.removeIf([this](const LiveWorker &worker) { return spared.contains(worker.executorId); });
    const int chosen = randomBetween(0, 1'000'000);
    if (workers.isEmpty())
        return {};
    return workers.at(chosen % workers.size());
}

void FaultContext::scheduleRevert(int delay, std::function<void()> revert)
{
    auto timer = std::make_unique<QTimer>();
    timer->setSingleShot(true);
    QTimer *raw = timer.get();
    m_reverts.emplace_back(std::move(timer), std::move(revert));
    connect(raw, &QTimer::timeout, this, [this, raw] {
        const auto found = std::find_if(m_reverts.begin(), m_reverts.end(),
                                        [raw](const auto &entry) { return entry.first.get() == raw; });
        const std::function<void()> due = found->second;
        found->first.release()->deleteLater();
        m_reverts.erase(found);
        due();
    });
    raw->start(delay);
}

void FaultContext::revertAll()
{
    while (!m_reverts.empty()) {
        const std::function<void()> due = m_reverts.back().second;
        m_reverts.pop_back();
        due();
    }
}

} // namespace lifeguard::chaos
