// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <limits>

namespace lifeguard {

/// The range of a number in a configuration. Both ends are allowed.
template<typename T>
struct ValueRange
{
    T min;
    T max;
    bool allowsZero = false; ///< 0 is allowed too, although it is below min: "no limit", "never"
};

/// The ranges of the values of pools. WorkerConfig::validate(), ScalingConfig::validate() and the tables of keys
/// (core/config/poolfields.h) use them.
namespace poollimits {
inline constexpr ValueRange<int> count{0, 1000};
inline constexpr ValueRange<int> pids{16, 4'194'304}; ///< lifeguard-worker has four or five threads, a JVM about
                                                      ///< thirty; the kernel has at most 2^22 processes
/// MB. lifeguard-worker itself needs about 10 MB; one petabyte still fits into 64 bits when converted to bytes.
inline constexpr ValueRange<qint64> memoryMb{16, 1LL << 30, true};
inline constexpr ValueRange<qint64> recycleMemoryMb{0, 1LL << 30};
inline constexpr ValueRange<double> cpu{0.05, 10'000, true}; ///< more cores than any machine has; excludes "inf"
inline constexpr ValueRange<int> openFiles{64, std::numeric_limits<int>::max(), true};
inline constexpr ValueRange<int> recycleJobs{0, std::numeric_limits<int>::max()};
inline constexpr ValueRange<int> nice{-20, 19};
/// Timers count milliseconds in 31 bits, which is 24.8 days.
inline constexpr seconds maxDuration{24 * 24 * 3600};
inline constexpr ValueRange<seconds> workTime{seconds(1), maxDuration}; ///< max_job_time, registration_timeout
inline constexpr ValueRange<seconds> grace{seconds(0), maxDuration};
inline constexpr ValueRange<seconds> staleAfter{seconds(3), maxDuration}; ///< one or two missed beats are normal
inline constexpr ValueRange<seconds> scalingDelay{seconds(0), maxDuration};
inline constexpr ValueRange<int> scalingMin{0, 1000}; ///< also both limits of a period
inline constexpr ValueRange<int> scalingMax{1, 1000};
inline constexpr ValueRange<int> targetPerWorker{1, 1'000'000};
} // namespace poollimits

} // namespace lifeguard
