// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockmonitor.h"

namespace lifeguard {

void LockMonitor::report(StoreSide side, const Error *error)
{
    if (!error)
        set(side, false);
    else if (error->code == ErrorCode::Busy)
        set(side, true);
}

void LockMonitor::reportLocked(StoreSide side, const QString &text)
{
    QMetaObject::invokeMethod(
        this, [this, text] { m_text = text; }, Qt::QueuedConnection); // before lockedChanged()
    set(side, true);
}

void LockMonitor::set(StoreSide side, bool locked)
{
    const int bit = static_cast<int>(side);
    const int before = locked ? m_locked.fetch_or(bit) : m_locked.fetch_and(~bit);
    const int after = locked ? before | bit : before & ~bit;
    if ((before != 0) != (after != 0))
        QMetaObject::invokeMethod(
            this, [this, locked] { Q_EMIT lockedChanged(locked); }, Qt::QueuedConnection);
}

} // namespace lifeguard
