// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QThreadPool>

namespace lifeguard::test {

/// Waits until no thread of the global pool is at work, and delivers what they have to say.
inline void endThreads()
{
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
}

} // namespace lifeguard::test
