// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/world.h"

namespace lifeguard::chaos {

/// What is found at the end.
struct Verdict
{
    qint64 completed = 0;
    qint64 lost = 0; ///< jobs that are not completed
    qint64 begunAgain = 0; ///< claims beyond the first: work that was done, or begun, more than once
    qint64 counted = 0; ///< of them: the worker died or hung
    qint64 uncounted = 0; ///< of them: given back, or stopped on purpose
    qint64 forSpace = 0; ///< of them: failed for want of space, and retried
    QStringList wrong; ///< everything that must not be

    [[nodiscard]] bool isGood() const { return lost == 0 && wrong.isEmpty(); }
};

/// Looks from the outside whether every job was completed once with the right output, whether each attempt is explained, and
/// whether anything is left behind. After the managers have ended.
[[nodiscard]] Verdict judge(World &world);

} // namespace lifeguard::chaos
