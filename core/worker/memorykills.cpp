// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/memorykills.h"

#include "core/base/memorycgroup.h"
#include "core/base/procfile.h"

#include <QFile>

#include <algorithm>

#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qint64 bytesPerMb = 1024 * 1024;

QByteArray contentOf(const QString &folder, const char *file)
{
    return readProcFile(QFile::encodeName(folder + u'/' + QLatin1String(file)).constData());
}

qint64 numberIn(const QString &folder, const char *file)
{
    return contentOf(folder, file).trimmed().toLongLong();
}

} // namespace

MemoryState readMemoryState()
{
    // The worker stays in its cgroup, and its limit does not change while it runs.
    static const MemoryCgroup cgroup = MemoryCgroup::of(getpid());
    if (cgroup.limit > 0 && cgroup.isUnified)
        return {killsFromEvents(contentOf(cgroup.folder, "memory.events")), cgroup.limit / bytesPerMb};
    if (cgroup.limit > 0) {
        const qint64 usage = std::max(numberIn(cgroup.folder, "memory.max_usage_in_bytes"),
                                      numberIn(cgroup.folder, "memory.memsw.max_usage_in_bytes"));
        return {killsFromOomControl(contentOf(cgroup.folder, "memory.oom_control"), usage, cgroup.limit),
                cgroup.limit / bytesPerMb};
    }
    MemoryState state;
    state.kills.kills = valueOf(readProcFile("/proc/vmstat"), "oom_kill");
    return state;
}

std::optional<Message> MemoryKills::reason(bool isToolKilled) const
{
    const MemoryState state = m_read();
    if (state.kills.kills <= m_killsBefore)
        return std::nullopt;
    const bool isOwnLimit = state.limitMb > 0 && state.kills.overOwnLimit;
    if (!isOwnLimit && !isToolKilled)
        return std::nullopt;
    const Message why = isOwnLimit ? Message("over_memory_limit", {state.limitMb}) : Message("machine_out_of_memory");
    return Message("tool_out_of_memory", {why.asArgument()});
}

} // namespace lifeguard
