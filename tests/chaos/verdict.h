// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/world.h"

#include <QMap>

namespace lifeguard::chaos {

/// What is found at the end.
struct Verdict
{
    qint64 completed = 0;
    qint64 lost = 0; ///< jobs that are not completed
    qint64 jobsBegunAgain = 0; ///< jobs of which work was done more than once
    qint64 counted = 0; ///< times that it began anew because the worker died or hung
    qint64 forSpace = 0; ///< because it had failed for want of space, and was retried
    qint64 forTool = 0; ///< because its tool was killed, and it was retried
    qint64 uncounted = 0; ///< claims beyond the first that began nothing: given back, or stopped on purpose
    qint64 dropped = 0; ///< results of workers that had lost their lease
    QMap<QString, qint64> deaths; ///< of workers, by cause
    QStringList wrong; ///< everything that must not be

    [[nodiscard]] bool isGood() const { return lost == 0 && wrong.isEmpty(); }
};

/// Looks from the outside whether every job was completed once with the right output, whether each attempt is explained, and
/// whether anything is left behind. After the managers have ended.
[[nodiscard]] Verdict judge(World &world);

} // namespace lifeguard::chaos
