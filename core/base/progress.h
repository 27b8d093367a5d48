// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <atomic>
#include <memory>

namespace lifeguard {

/// The progress of a long task, shared by the thread that works and the thread that displays it. The latter may set
/// cancelled; the task then returns ErrorCode::Cancelled as soon as it notices. The task defines the unit. Thread-safe.
struct Progress
{
    std::atomic<qint64> done{0};
    std::atomic<qint64> total{0}; ///< 0: unknown
    std::atomic<bool> cancelled{false};
};

using ProgressPtr = std::shared_ptr<Progress>;

} // namespace lifeguard
