// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/holdwatcher.h"

namespace lifeguard {
namespace {

constexpr milliseconds pollInterval{100};

} // namespace

HoldWatcher::HoldWatcher(const WorkerSlot &slot, QObject *parent)
    : QObject(parent)
    , m_slot(slot)
{
    m_timer.setInterval(pollInterval);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (isHeld())
            return;
        m_timer.stop();
        Q_EMIT released();
    });
}

void HoldWatcher::start()
{
    if (!m_timer.isActive())
        m_timer.start();
}

} // namespace lifeguard
