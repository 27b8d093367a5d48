// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/systemmemory.h"

#include "core/base/procfile.h"

#include <QByteArray>

#include <unistd.h>

namespace lifeguard {

qint64 systemMemory()
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? qint64(pages) * size : 0;
}

qint64 availableMemory()
{
    static const QByteArray key = "MemAvailable:";
    const QByteArray content = readProcFile("/proc/meminfo");
    const qsizetype begin = content.indexOf(key);
    const qsizetype end = begin < 0 ? -1 : content.indexOf(" kB", begin);
    return end < 0 ? 0 : content.mid(begin + key.size(), end - begin - key.size()).trimmed().toLongLong() * 1024;
}

} // namespace lifeguard
