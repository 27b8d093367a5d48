// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/historyplan.h"

#include <algorithm>

namespace lifeguard {
namespace {

/// The share of the time in which the write lock is held. The workers also lose time because the changed pages must be
/// written and moved to the database file.
constexpr double lockShare = 0.05;
constexpr milliseconds shortestPause{10};
constexpr milliseconds longestPause{2000};

RetentionConfig::Duration retentionOf(HistoryKind kind, const RetentionConfig &config)
{
    switch (kind) {
    case HistoryKind::CompletedJobs:
    case HistoryKind::Submissions: // after their last job
        return config.completed;
    case HistoryKind::FailedJobs:
    case HistoryKind::UndatedFailedJobs:
    case HistoryKind::CancelledJobs:
        return config.failed;
    case HistoryKind::Events:
    case HistoryKind::Commands:
        return config.events;
    case HistoryKind::Workers:
        return config.workers;
    case HistoryKind::Results:
        break;
    }
    return config.results;
}

} // namespace

QList<HistorySelection> expiredHistory(const RetentionConfig &config, const QDateTime &now)
{
    QList<HistorySelection> selections;
    for (const HistoryKind kind : historyKinds()) {
        if (const RetentionConfig::Duration kept = retentionOf(kind, config))
            selections.append({kind, now.addSecs(-kept->count()), config.foreignJobs});
    }
    return selections;
}

milliseconds pauseAfter(std::chrono::microseconds held)
{
    const auto pause = milliseconds(milliseconds::rep(double(held.count()) / 1000 / lockShare));
    return std::clamp(pause, shortestPause, longestPause);
}

} // namespace lifeguard
