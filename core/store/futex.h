// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <atomic>
#include <chrono>
#include <optional>

/// Sleeping until another program changes a number in shared memory (futex(2)).
namespace lifeguard::futex {

/// The sleepers that wake() does not limit.
inline constexpr quint32 everyGroup = 0xffffffff;

/// Sleeps while the word has the expected value, until this thread is woken, or for at most the given time. It may
/// return earlier. groups: a set of bits; only wake() with one of them wakes this thread. Returns whether it was woken.
bool wait(std::atomic<quint32> &word, quint32 expected, std::optional<std::chrono::microseconds> longest = {},
          quint32 groups = everyGroup);
/// Wakes sleeping threads, those that have waited longest first, and returns their number.
int wake(std::atomic<quint32> &word, int count, quint32 groups = everyGroup);

} // namespace lifeguard::futex
