// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/jobstatus.h"

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

} // namespace lifeguard
