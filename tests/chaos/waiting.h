// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>

#include <functional>

namespace lifeguard::chaos {

/// Processes events for this many milliseconds, and collects the processes that this program, as a subreaper, has
/// inherited from killed managers. known: children that other code waits for.
void processEvents(int ms, const QSet<qint64> &known);

/// Processes events until the condition is true, or until the time is over. Returns whether the condition is true.
[[nodiscard]] bool waitUntil(const std::function<bool()> &condition, int ms);

} // namespace lifeguard::chaos
