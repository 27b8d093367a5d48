// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QtGlobal>

#include <chrono>
#include <memory>

namespace lifeguard {

/// Records how long a connection has waited for the write lock, for measurements (LIFEGUARD_LOCK_WAITS). Used on one
/// thread.
class LockWaits
{
public:
    /// Returns a record for the file that LIFEGUARD_LOCK_WAITS names; null if that variable is not set.
    [[nodiscard]] static std::unique_ptr<LockWaits> fromEnvironment();
    explicit LockWaits(const QString &path) : m_path(path) {}
    /// Appends the waits to the file, a line for each: the moment at which it began, in microseconds of the steady
    /// clock, and its length in microseconds. Other processes may do so at the same time.
    ~LockWaits();
    Q_DISABLE_COPY_MOVE(LockWaits)

    /// Records a wait that ends now.
    void add(std::chrono::steady_clock::time_point since);

private:
    struct Wait
    {
        std::chrono::steady_clock::time_point since;
        std::chrono::steady_clock::duration length;
    };

    const QString m_path;
    QList<Wait> m_waits;
};

} // namespace lifeguard
