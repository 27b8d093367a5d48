// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/model/workerrow.h"

#include <QDateTime>
#include <QString>

namespace lifeguard::ctl {

/// Returns the dash that a table shows for a missing value.
[[nodiscard]] QString missingValue();
/// Returns the text; missingValue() if it is empty.
[[nodiscard]] QString textOrDash(const QString &text);
/// Returns the time as local time, to the second; missingValue() if it is invalid.
[[nodiscard]] QString localTime(const QDateTime &time);

/// Returns the state of a worker ("starting", "idle", "stopped", …) according to the database. Not translated, since it
/// is also part of the JSON output.
[[nodiscard]] QString workerState(const WorkerRow &worker);
/// Returns "plantuml-0"; the executor id if the worker does not belong to one of our pools.
[[nodiscard]] QString workerName(const WorkerRow &worker);
/// Returns the file name of the input ("components.puml"); "job 12" if the job has no input file.
[[nodiscard]] QString jobName(const Job &job);
/// Returns the error of a job as one line: the first line of its message, and its category and advice, if any.
[[nodiscard]] QString errorSummary(const QString &error);

} // namespace lifeguard::ctl
