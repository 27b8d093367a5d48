// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/memorykills.h"

#include "core/base/procfile.h"

#include <QFile>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qint64 bytesPerMb = 1024 * 1024;
constexpr qint64 noLimit = Q_INT64_C(1) << 60; // bytes; v1 shows a huge number if there is no limit

QByteArray contentOf(const QString &folder, const char *file)
{
    return readProcFile(QFile::encodeName(folder + u'/' + QLatin1String(file)).constData());
}

qint64 numberIn(const QString &folder, const char *file)
{
    return contentOf(folder, file).trimmed().toLongLong(); // 0 for "max"
}

} // namespace

MemoryState readMemoryState()
{
    static const CgroupLayout layout = CgroupLayout::parse(readProcFile("/proc/self/cgroup"),
                                                           readProcFile("/proc/self/mountinfo"));
    MemoryState state;
    const QString v1 = layout.v1.value(QStringLiteral("memory"));
    if (!v1.isEmpty()) {
        const qint64 limit = numberIn(v1, "memory.limit_in_bytes");
        if (limit > 0 && limit < noLimit) {
            const qint64 usage = std::max(numberIn(v1, "memory.max_usage_in_bytes"),
                                          numberIn(v1, "memory.memsw.max_usage_in_bytes"));
            return {killsFromOomControl(contentOf(v1, "memory.oom_control"), usage, limit), limit / bytesPerMb};
        }
    } else if (!layout.unified.isEmpty()) {
        if (const qint64 limit = numberIn(layout.unified, "memory.max"); limit > 0)
            return {killsFromEvents(contentOf(layout.unified, "memory.events")), limit / bytesPerMb};
    }
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
