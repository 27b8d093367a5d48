// SPDX-License-Identifier: GPL-3.0-or-later
#include "openfiles.h"

#include <sys/resource.h>

namespace lifeguard::bench {

void raiseOpenFiles()
{
    rlimit limit = {};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace lifeguard::bench
