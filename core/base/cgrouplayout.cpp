// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cgrouplayout.h"

#include <QFile>
#include <QList>

namespace lifeguard {
namespace {

struct Mount
{
    QByteArray root; ///< the part of the hierarchy that is mounted
    QByteArray point;
    QByteArray type; ///< "cgroup" or "cgroup2"
    QList<QByteArray> options; ///< in v1 they include the controllers
};

/// Decodes blanks, tabs, line ends and backslashes, which mountinfo writes as three octal digits.
QByteArray unescaped(const QByteArray &text)
{
    QByteArray plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        bool octal = false;
        const int code = text.at(i) == '\\' && i + 3 < text.size() ? text.mid(i + 1, 3).toInt(&octal, 8) : 0;
        plain.append(octal ? static_cast<char>(code) : text.at(i));
        i += octal ? 3 : 0;
    }
    return plain;
}

QList<Mount> cgroupMounts(const QByteArray &mountinfo)
{
    QList<Mount> mounts;
    for (const QByteArray &line : mountinfo.split('\n')) {
        // "31 23 0:28 ROOT POINT options [tags…] - TYPE source OPTIONS"
        const qsizetype dash = line.indexOf(" - ");
        if (dash < 0)
            continue;
        const QList<QByteArray> before = line.left(dash).split(' ');
        const QList<QByteArray> after = line.mid(dash + 3).split(' ');
        if (before.size() < 6 || after.size() < 3 || !after.at(0).startsWith("cgroup"))
            continue;
        mounts.append({unescaped(before.at(3)), unescaped(before.at(4)), after.at(0), after.at(2).split(',')});
    }
    return mounts;
}

/// Returns the folder of a cgroup in a mount; empty if the mount does not show it.
QString folderIn(const Mount &mount, const QByteArray &path)
{
    QByteArray below = path;
    if (mount.root != "/") {
        if (path != mount.root && !path.startsWith(QByteArray(mount.root + '/')))
            return {};
        below = path.mid(mount.root.size());
    }
    // "/../x" is outside the cgroup namespace of this process.
    if (below.startsWith("/..") || !(below.isEmpty() || below.startsWith('/')))
        return {};
    if (below == "/")
        below.clear();
    return QFile::decodeName(mount.point + below);
}

} // namespace

CgroupLayout CgroupLayout::parse(const QByteArray &selfCgroup, const QByteArray &mountinfo)
{
    CgroupLayout layout;
    const QList<Mount> mounts = cgroupMounts(mountinfo);
    for (const QByteArray &line : selfCgroup.split('\n')) {
        // "4:memory:/PATH", and "0::/PATH" for v2; a path may contain colons
        const qsizetype first = line.indexOf(':');
        const qsizetype second = line.indexOf(':', first + 1);
        if (first < 0 || second < 0)
            continue;
        const QByteArray controllers = line.mid(first + 1, second - first - 1);
        const QByteArray path = line.mid(second + 1);
        for (const Mount &mount : mounts) {
            if (controllers.isEmpty() && mount.type == "cgroup2") {
                if (layout.unified.isEmpty())
                    layout.unified = folderIn(mount, path);
            } else if (!controllers.isEmpty() && mount.type == "cgroup") {
                for (const QByteArray &controller : controllers.split(',')) {
                    const QString name = QString::fromUtf8(controller);
                    const QString folder = mount.options.contains(controller) ? folderIn(mount, path) : QString();
                    if (!folder.isEmpty() && !layout.v1.contains(name))
                        layout.v1.insert(name, folder);
                }
            }
        }
    }
    return layout;
}

quint64 valueOf(const QByteArray &text, const QByteArray &name)
{
    const QByteArray key = '\n' + name + ' ';
    const QByteArray lines = '\n' + text;
    const qsizetype at = lines.indexOf(key);
    if (at < 0)
        return 0;
    const qsizetype begin = at + key.size();
    const qsizetype end = lines.indexOf('\n', begin);
    return lines.mid(begin, end < 0 ? -1 : end - begin).trimmed().toULongLong();
}

CgroupKills killsFromEvents(const QByteArray &memoryEvents)
{
    return {valueOf(memoryEvents, "oom_kill"), valueOf(memoryEvents, "oom") > 0};
}

CgroupKills killsFromOomControl(const QByteArray &oomControl, qint64 maxUsage, qint64 limit)
{
    // The allocation that failed may have been larger than one page, so the usage can stay below the limit.
    constexpr int slack = 16;
    return {valueOf(oomControl, "oom_kill"), limit > 0 && maxUsage >= limit - limit / slack};
}

} // namespace lifeguard
