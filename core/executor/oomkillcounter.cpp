// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/oomkillcounter.h"

#include "core/base/cgrouplayout.h"
#include "core/executor/cgroupfiles.h"

namespace lifeguard {

quint64 machineOomKills(const QString &vmstat)
{
    return valueOf(CgroupFiles::read(vmstat), "oom_kill");
}

} // namespace lifeguard
