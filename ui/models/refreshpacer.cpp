// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/refreshpacer.h"

#include <algorithm>

namespace lifeguard {

RefreshPacer::RefreshPacer(QObject *parent)
    : QObject(parent)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &RefreshPacer::pauseEnded);
}

milliseconds RefreshPacer::pauseAfter(milliseconds cost)
{
    return std::clamp(cost * pausePerCost, minPause, maxPause);
}

void RefreshPacer::requestSucceeded(milliseconds cost)
{
    m_failed = false;
    if (cost.count() > 0 || !m_pause.isActive()) {
        m_pause.start(pauseAfter(cost));
    }
}

void RefreshPacer::requestFailed()
{
    m_failed = true;
    m_pause.start(minPause * pausePerCost);
}

} // namespace lifeguard
