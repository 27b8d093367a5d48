// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>

namespace lifeguard::chaos {

/// Processes events for this many milliseconds, and collects the processes that this program, as a subreaper, has
/// inherited from killed managers. known: children that other code waits for.
void processEvents(int ms, const QSet<qint64> &known);

} // namespace lifeguard::chaos
