// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QString>

#include <atomic>

namespace lifeguard {

/// The threads of a store.
enum class StoreSide { Read = 1, Write = 2, Browse = 4 };

/// Determines from the results of the store's threads whether a lock delays the store. The threads are monitored
/// separately, since reading succeeds while a program holds the lock for writing.
class LockMonitor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Reports the result of an operation on that side; error is null for a success. Errors other than Busy change
    /// nothing. Any thread.
    void report(StoreSide side, const Error *error);
    /// Reports that an operation on that side waits for a lock. text: says who holds it. Any thread.
    void reportLocked(StoreSide side, const QString &text);
    /// Returns the text of the latest lock. On the thread of this object.
    [[nodiscard]] QString text() const { return m_text; }

Q_SIGNALS:
    /// True: an operation waits for a lock, or failed because of one. False: no side is locked any
    /// more. Emitted on the thread of this object.
    void lockedChanged(bool locked);

private:
    void set(StoreSide side, bool locked);

    QString m_text;
    std::atomic<int> m_locked = 0; ///< the locked sides, as bits
};

} // namespace lifeguard
