// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/jobfeeder.h"
#include "tests/chaos/testbed.h"

#include <QStringList>

namespace lifeguard::chaos {

/// What is left after all managers have ended, by kind.
struct Leftovers
{
    QStringList processes;
    QStringList temporaryFiles; ///< in the workspace and in the folder for temporary files
    QStringList beatFiles;
};

/// Makes the beat files look as if a minute had passed, after which managers remove those of managers that were killed
/// at their start. Call it while no manager is running.
void ageBeatFiles(Testbed &testbed);

[[nodiscard]] Leftovers findLeftovers(Testbed &testbed, const JobFeeder &feeder);

} // namespace lifeguard::chaos
