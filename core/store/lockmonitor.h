// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>

#include <atomic>

namespace lifeguard {

/// The threads of a store.
enum class StoreSide { Read = 1, Write = 2, Browse = 4 };

/// Determines from the results of the store's threads whether another program keeps the database locked. The threads
/// are monitored separately, since reading succeeds while another program holds the lock for writing.
class LockMonitor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Reports the result of an operation on that side; error is null for a success. Errors other than Busy change
    /// nothing. Any thread.
    void report(StoreSide side, const Error *error);
    /// Reports that an operation on that side waits for a lock. Any thread.
    void reportLocked(StoreSide side);

Q_SIGNALS:
    /// True: an operation waits for another program's lock, or failed because of one. False: no side is locked any
    /// more. Emitted on the thread of this object.
    void lockedChanged(bool locked);

private:
    void set(StoreSide side, bool locked);

    std::atomic<int> m_locked = 0; ///< the locked sides, as bits
};

} // namespace lifeguard
