// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"

#include <QHash>

namespace lifeguard {

/// Counts the failures and the restarts of this manager's workers from its events. A restart is the start of a worker
/// in a pool where another one has failed and has not been replaced yet.
class RestartCounter
{
public:
    struct Counts
    {
        qint64 failures = 0;
        qint64 restarts = 0;

        bool operator==(const Counts &) const = default;
    };

    void add(const Event &event);
    [[nodiscard]] const QHash<QString, Counts> &countsByType() const { return m_counts; }

private:
    QHash<QString, Counts> m_counts;
    QHash<QString, int> m_failedNow; ///< by pool
};

} // namespace lifeguard
