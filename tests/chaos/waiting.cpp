// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/waiting.h"

#include "core/base/orphanreaper.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QThread>

namespace lifeguard::chaos {

void processEvents(int ms, const QSet<qint64> &known)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(ms)) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(2);
    }
    reapOrphans(known);
}

} // namespace lifeguard::chaos
