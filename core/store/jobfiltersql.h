// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobfilter.h"
#include "core/store/database.h"

namespace lifeguard {

/// Returns the options that select the conditions of part_job_filter.sql for this filter (core/store/sqltext.h). Pure.
[[nodiscard]] QStringList filterOptions(const JobFilter &filter);
/// Returns the values that these conditions bind. Pure.
[[nodiscard]] Values filterValues(const JobFilter &filter);

} // namespace lifeguard
