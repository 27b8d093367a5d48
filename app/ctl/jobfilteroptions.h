// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "core/model/jobfilter.h"

namespace lifeguard::ctl {

/// Declares the options that select jobs: --type, --status, --text and --submission.
void addJobFilterOptions(CommandLine &line);
/// Returns whether one of these options is set.
[[nodiscard]] bool hasJobFilter(const CommandLine &line);
/// Returns the filter that these options describe. InvalidArgument: the message is a sentence for the user.
[[nodiscard]] Result<JobFilter> jobFilterOf(const CommandLine &line);
/// Returns the numbers of jobs that are given as arguments, each once. InvalidArgument as above.
[[nodiscard]] Result<QList<qint64>> jobIdsOf(const CommandLine &line);

} // namespace lifeguard::ctl
