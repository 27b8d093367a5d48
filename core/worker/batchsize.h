// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// How many jobs to claim at once, when one took averageSeconds lately (negative: not known yet). Short jobs are claimed
/// in batches of about 0.1 s, so that the queue is not what they wait for; all others one by one, so that no job waits
/// behind another while a worker is idle.
[[nodiscard]] int batchSize(double averageSeconds);

} // namespace lifeguard
