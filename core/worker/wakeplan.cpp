// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/wakeplan.h"

#include <algorithm>

namespace lifeguard {
namespace {

/// A woken worker needs less than that to claim a job.
constexpr milliseconds firstPause{4};
constexpr milliseconds longestPause{256};
constexpr qint64 mostWorkers = 1'000'000;

} // namespace

QList<WakePlan::Wake> WakePlan::update(const QList<Jobs> &jobs, milliseconds now)
{
    QList<Wake> wakes;
    for (const Jobs &type : jobs) {
        State &state = m_types[type.type];
        // A job may be claimed and another one added between two looks, so the number of pending jobs does not show
        // new ones. Jobs that start again do not change the total.
        const qint64 added = std::max(type.pending - state.pending, type.total - state.total);
        const qint64 newJobs = std::clamp<qint64>(added, 0, type.pending);
        state.pending = type.pending;
        state.total = type.total;
        if (type.pending == 0) {
            state.due.reset();
            continue;
        }
        const bool isRepeated = state.due && now >= *state.due;
        const qint64 count = std::min(newJobs + (isRepeated ? 2 * state.asked : 0), mostWorkers);
        if (count == 0)
            continue;
        if (isRepeated) {
            state.asked = count;
            state.pause = std::min(2 * state.pause, longestPause);
            state.due = now + state.pause;
        } else if (state.due) { // new jobs do not delay the repetition for older ones
            state.asked = std::min(state.asked + count, mostWorkers);
        } else {
            state.asked = count;
            state.pause = firstPause;
            state.due = now + state.pause;
        }
        wakes.append({type.type, int(count)});
    }
    return wakes;
}

void WakePlan::record(const Wake &wake, int woken)
{
    if (woken < wake.count)
        m_types[wake.type].due.reset();
}

std::optional<milliseconds> WakePlan::nextLook() const
{
    std::optional<milliseconds> next;
    for (const State &state : m_types) {
        if (state.due && (!next || *state.due < *next))
            next = state.due;
    }
    return next;
}

} // namespace lifeguard
