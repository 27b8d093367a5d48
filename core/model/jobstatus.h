// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace lifeguard {

/// The states of a job, as stored in jobs.status.
enum class JobStatus { Pending, Processing, Completed, Failed, Cancelled };

/// Returns the stored text of the status ("pending").
[[nodiscard]] QString toString(JobStatus status);
/// Returns the status with this stored text; nothing for an unknown text.
[[nodiscard]] std::optional<JobStatus> jobStatusFromString(const QString &text);

} // namespace lifeguard
