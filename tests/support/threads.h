// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QThreadPool>

namespace lifeguard::test {

/// Waits until the threads of the global pool are idle, and delivers the events that they posted.
inline void endThreads()
{
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
}

} // namespace lifeguard::test
