// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/records.h"

#include <array>

namespace lifeguard {
namespace {

struct StatusName
{
    JobStatus status;
    const char *name;
};

constexpr std::array<StatusName, 5> statusNames{{{JobStatus::Pending, "pending"},
                                                 {JobStatus::Processing, "processing"},
                                                 {JobStatus::Completed, "completed"},
                                                 {JobStatus::Failed, "failed"},
                                                 {JobStatus::Cancelled, "cancelled"}}};

} // namespace

QString toString(JobStatus status)
{
    for (const StatusName &entry : statusNames) {
        if (entry.status == status)
            return QString::fromLatin1(entry.name);
    }
    return {};
}

std::optional<JobStatus> jobStatusFromString(const QString &text)
{
    for (const StatusName &entry : statusNames) {
        if (text == QLatin1String(entry.name))
            return entry.status;
    }
    return {};
}

JobCounts &JobCounts::operator+=(const JobCounts &other)
{
    pending += other.pending;
    processing += other.processing;
    completed += other.completed;
    failed += other.failed;
    cancelled += other.cancelled;
    if (!oldestPending.isValid() || (other.oldestPending.isValid() && other.oldestPending < oldestPending))
        oldestPending = other.oldestPending;
    return *this;
}

JobCounts StoreSnapshot::total() const
{
    JobCounts sum;
    for (const JobCounts &entry : counts)
        sum += entry;
    return sum;
}

} // namespace lifeguard
