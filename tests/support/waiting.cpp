// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/waiting.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <chrono>

namespace lifeguard::test {

bool waitUntil(const std::function<bool()> &condition, int timeoutMs)
{
    using namespace std::chrono_literals;
    constexpr int shortWhileMs = 50;
    if (!QCoreApplication::instance())
        return QTest::qWaitFor(condition, timeoutMs);
    QElapsedTimer waited;
    waited.start();
    QTimer tick; // ends the waiting for events
    tick.start(1ms);
    while (!condition()) {
        if (waited.hasExpired(timeoutMs))
            return false;
        if (tick.interval() == 1 && waited.hasExpired(shortWhileMs))
            tick.setInterval(10ms);
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // as QTest::qWaitFor() does
    }
    return true;
}

} // namespace lifeguard::test
