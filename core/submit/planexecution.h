// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/submit/jobplan.h"

namespace lifeguard {

/// Copies the files of a plan into the workspace, reads the inputs, and returns the jobs with payload and content hash
/// in the form that CLX uses; a job without an input file keeps its payload. Each copy is created atomically and never
/// replaces another file. On an error no job is returned, and the message names the file; earlier copies remain. The
/// total of the progress is the number of jobs plus the number of bytes to copy. Do not use it on the GUI thread.
[[nodiscard]] Result<QList<NewJob>> executePlan(const JobPlan &plan, Progress *progress = nullptr);

} // namespace lifeguard
