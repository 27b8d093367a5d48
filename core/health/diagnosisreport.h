// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

namespace lifeguard {

/// Returns the whole diagnosis as plain text for bug reports: the conclusion, then one section with a heading for each
/// topic. Times are in the local time zone, lines end in "\n". Pure.
[[nodiscard]] QString diagnosisReport(const Diagnosis &diagnosis);

/// Returns the report without the conclusion. Pure.
[[nodiscard]] QString diagnosisDetails(const Diagnosis &diagnosis);

} // namespace lifeguard
