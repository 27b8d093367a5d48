// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpointpolicy.h"

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

/// Each attempt copies all frames that readers permit, so more frequent attempts gain nothing.
constexpr CheckpointPolicy::milliseconds pauseAfterFailure = 20ms;
constexpr CheckpointPolicy::milliseconds pauseWhilePrevented = 500ms;

} // namespace

CheckpointPolicy::Step CheckpointPolicy::next(qint64 logSize, milliseconds now) const
{
    if (logSize < softLimit)
        return Step::Write;
    if (logSize >= hardLimit && !m_isPrevented)
        return Step::Wait;
    return now >= m_nextAttempt ? Step::TryOnce : Step::Write;
}

bool CheckpointPolicy::isBackgroundDue(int pages)
{
    if (pages < m_pages)
        m_backgroundFrom = backgroundPages;
    m_pages = pages;
    if (pages < m_backgroundFrom)
        return false;
    m_backgroundFrom = pages + backgroundPages;
    return true;
}

void CheckpointPolicy::onCompleted()
{
    *this = {};
}

void CheckpointPolicy::onFailed(milliseconds now)
{
    m_nextAttempt = now + (m_isPrevented ? pauseWhilePrevented : pauseAfterFailure);
}

void CheckpointPolicy::onTimeout(milliseconds now)
{
    m_isPrevented = true;
    onFailed(now);
}

} // namespace lifeguard
