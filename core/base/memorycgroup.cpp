// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/memorycgroup.h"

#include "core/base/cgrouplayout.h"
#include "core/base/procfile.h"

#include <QFile>

namespace lifeguard {
namespace {

constexpr qint64 noLimit = Q_INT64_C(1) << 60; // bytes; v1 shows a huge number if there is no limit

/// Returns the number in a file; 0 for "max".
qint64 numberIn(const QString &path)
{
    return readProcFile(QFile::encodeName(path).constData()).trimmed().toLongLong();
}

} // namespace

MemoryCgroup MemoryCgroup::of(qint64 pid)
{
    const QByteArray path = "/proc/" + QByteArray::number(pid) + "/cgroup";
    const CgroupLayout layout = CgroupLayout::parse(readProcFile(path.constData()),
                                                    readProcFile("/proc/self/mountinfo"));
    MemoryCgroup memory;
    memory.folder = layout.v1.value(QStringLiteral("memory"));
    memory.isUnified = memory.folder.isEmpty();
    if (memory.isUnified)
        memory.folder = layout.unified;
    if (memory.folder.isEmpty())
        return memory;
    const qint64 limit = numberIn(
        memory.folder + (memory.isUnified ? QStringLiteral("/memory.max") : QStringLiteral("/memory.limit_in_bytes")));
    memory.limit = limit < noLimit ? limit : 0;
    return memory;
}

} // namespace lifeguard
