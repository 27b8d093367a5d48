// SPDX-License-Identifier: GPL-3.0-or-later
#include "memorymap.h"

#include <QFile>

namespace lifeguard::bench {
namespace {

constexpr qint64 kilobyte = 1024;

/// Returns the number of a line "Name:   number kB".
qint64 bytesOf(const QByteArray &line)
{
    const QByteArray number = line.mid(line.indexOf(':') + 1).trimmed();
    return number.left(number.indexOf(' ')).toLongLong() * kilobyte;
}

/// Returns whether the line begins a mapping: "5581c000-5581d000 r--p 00000000 fe:00 1234   /usr/bin/name".
bool isMapping(const QByteArray &line)
{
    const qsizetype colon = line.indexOf(':');
    const qsizetype space = line.indexOf(' ');
    return space > 0 && (colon < 0 || space < colon);
}

} // namespace

MemoryMap MemoryMap::of(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/smaps").arg(pid));
    return file.open(QIODevice::ReadOnly) ? fromSmaps(file.readAll()) : MemoryMap();
}

MemoryMap MemoryMap::fromSmaps(const QByteArray &smaps)
{
    MemoryMap map;
    bool isFile = false;
    bool isStack = false;
    const QList<QByteArray> lines = smaps.split('\n');
    for (const QByteArray &line : lines) {
        if (isMapping(line)) {
            isFile = line.contains(" /");
            isStack = line.endsWith("[stack]");
        } else if (line.startsWith("Rss:")) {
            map.filesResident += isFile ? bytesOf(line) : 0;
        } else if (line.startsWith("Private_Clean:") || line.startsWith("Private_Dirty:")) {
            (isFile ? map.filesPrivate : isStack ? map.stackPrivate : map.heapPrivate) += bytesOf(line);
        }
    }
    return map;
}

} // namespace lifeguard::bench
