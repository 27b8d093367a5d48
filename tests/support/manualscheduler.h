// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/scheduler.h"
#include "tests/support/manualclock.h"

#include <QCoreApplication>
#include <QPointer>

#include <map>

namespace lifeguard::test {

/// A scheduler for tests: functions run when the test advances the time.
class ManualScheduler final : public Scheduler
{
public:
    explicit ManualScheduler(ManualClock &clock) : m_clock(clock) {}

    void callAfter(milliseconds delay, QObject *context, std::function<void()> callback) override
    {
        m_calls.emplace(m_clock.steadyNow() + delay, Call{context, std::move(callback)});
    }

    /// Lets time pass, and runs each function at the time when it is due. The event loop runs after each function.
    void advance(milliseconds by)
    {
        const milliseconds end = m_clock.steadyNow() + by;
        while (!m_calls.empty() && m_calls.begin()->first <= end) {
            auto node = m_calls.extract(m_calls.begin());
            if (node.key() > m_clock.steadyNow())
                m_clock.advance(node.key() - m_clock.steadyNow());
            if (node.mapped().context)
                node.mapped().callback();
            QCoreApplication::processEvents();
        }
        if (m_clock.steadyNow() < end)
            m_clock.advance(end - m_clock.steadyNow());
        QCoreApplication::processEvents();
    }

private:
    struct Call
    {
        QPointer<QObject> context;
        std::function<void()> callback;
    };
    ManualClock &m_clock;
    std::multimap<milliseconds, Call> m_calls; ///< by steady time
};

} // namespace lifeguard::test
