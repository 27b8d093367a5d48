// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

namespace lifeguard {

/// Returns what is wrong with a worker and what to do, in a few sentences: "notebook-0 is suspect: no beat for 38 s.
/// Its process was stopped by a signal (SIGSTOP). `kill -CONT 1234` resumes it." The most severe finding comes first;
/// the process table outweighs the heartbeat. Pure.
[[nodiscard]] QString diagnosisConclusion(const Diagnosis &diagnosis);

} // namespace lifeguard
