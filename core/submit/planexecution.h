// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/submit/jobplan.h"

namespace lifeguard {

/// Copies the files of a plan into the workspace, reads the inputs, and returns the jobs with payload and content hash, as CLX
/// makes them; a job without an input file keeps its payload. A copy appears as a whole or not at all, and never replaces another
/// file. On an error no job is returned, and the message names the file; copies that were made before remain. The total of the
/// progress is the number of jobs plus the number of bytes to copy. Not for the GUI thread.
[[nodiscard]] Result<QList<NewJob>> executePlan(const JobPlan &plan, Progress *progress = nullptr);

} // namespace lifeguard
