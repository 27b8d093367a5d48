// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <atomic>
#include <memory>

namespace lifeguard {

/// How far long work has come. Shared by two threads: the one that works counts, the one that waits looks now and then and may
/// cancel; the work then answers ErrorCode::Cancelled as soon as it notices. The unit is the work's own.
struct Progress
{
    std::atomic<qint64> done{0};
    std::atomic<qint64> total{0}; ///< 0: not known
    std::atomic<bool> cancelled{false};
};

using ProgressPtr = std::shared_ptr<Progress>;

} // namespace lifeguard
