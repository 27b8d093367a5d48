// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/systemmemory.h"

#include <unistd.h>

namespace lifeguard {

qint64 systemMemory()
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? qint64(pages) * size : 0;
}

} // namespace lifeguard
