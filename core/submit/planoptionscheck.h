// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/submit/planpaths.h"

namespace lifeguard {

/// Checks the options of a plan. Fails with InvalidArgument for an unknown type, format, kind or language, and for an output
/// folder outside the workspace.
[[nodiscard]] Status checkPlanOptions(const PlanOptions &options, const PlanPaths &paths);

} // namespace lifeguard
