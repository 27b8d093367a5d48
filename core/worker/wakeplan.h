// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace lifeguard {

/// Decides how many sleeping workers of each type the watcher wakes: one for each new job. If jobs of the type still
/// wait some milliseconds later, for example because a woken worker is stopped or its pool is paused, it wakes more and
/// more of them, until all were woken. A worker that wakes without finding a job sleeps again, so backlogs that nobody
/// can claim cost nothing. A value class, without SQL and clocks.
class WakePlan
{
public:
    /// The jobs of one type.
    struct Jobs
    {
        QString type;
        qint64 pending;
        qint64 total; ///< with any status
    };
    struct Wake
    {
        QString type;
        int count;

        bool operator==(const Wake &) const = default;
    };

    /// Returns whom to wake for these jobs. now: any monotonic time.
    [[nodiscard]] QList<Wake> update(const QList<Jobs> &jobs, milliseconds now);
    /// Records how many workers were woken for the latest wake of a type. No more are woken until there are new jobs if
    /// that was all of them.
    void record(const Wake &wake, int woken);
    /// Returns when to read the jobs again even if there is no commit; nothing if that is not necessary.
    [[nodiscard]] std::optional<milliseconds> nextLook() const;

private:
    struct State
    {
        qint64 pending = 0;
        qint64 total = 0;
        qint64 asked = 0; ///< by the latest wakes, for jobs that may still wait
        milliseconds pause{0}; ///< until the next repetition
        std::optional<milliseconds> due; ///< of the repetition
    };

    QHash<QString, State> m_types;
};

} // namespace lifeguard
