// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/treekiller.h"

#include "core/base/futurecallbacks.h"
#include "core/base/processtree.h"

#include <QSet>
#include <QtConcurrent>

#include <algorithm>
#include <limits>
#include <utility>

namespace lifeguard {
namespace {

constexpr int maxInheritances = 5; ///< a killed process may leave children in turn, which this process inherits

void killAll(const QList<KillTarget> &targets, const InheritedChildren &inherited,
             const std::shared_ptr<Cgroups> &cgroups)
{
    QList<qint64> roots;
    QSet<QString> ids;
    QHash<qint64, quint64> members;
    quint64 since = std::numeric_limits<quint64>::max();
    for (const KillTarget &target : targets) {
        if (target.cgroup && !target.hasEnded)
            target.cgroup->kill();
        if (target.pid > 0)
            roots.append(target.pid);
        if (target.since > 0)
            since = std::min(since, target.since);
        ids.insert(target.executorId);
        members.insert(target.members);
    }
    members.insert(inherited.leftBehind(since));
    killTrees(roots, ids, members);
    for (int i = 0; i < maxInheritances; ++i) {
        const QHash<qint64, quint64> left = inherited.leftBehind(since);
        if (left.isEmpty())
            break;
        killTrees({}, {}, left);
    }
    for (const KillTarget &target : targets) {
        if (target.hasEnded)
            cgroups->dispose(target.cgroup); // also kills processes that nothing else connects to the worker
    }
}

} // namespace

TreeKiller::TreeKiller(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &TreeKiller::run);
}

void TreeKiller::kill(const KillTarget &target, const std::shared_ptr<Cgroups> &cgroups)
{
    m_waiting.append(target);
    m_cgroups = cgroups;
    // The first kill waits for the event loop, so that it includes all others of the same turn.
    if (!m_timer.isActive() && !m_isRunning)
        m_timer.start(0);
}

void TreeKiller::run()
{
    if (m_waiting.isEmpty() || m_isRunning)
        return;
    m_isRunning = true;
    m_timer.start(interval);
    const auto killing = QtConcurrent::run(
        [targets = std::exchange(m_waiting, {}), inherited = m_inherited, cgroups = m_cgroups] {
            killAll(targets, inherited, cgroups);
            return true;
        });
    whenFinished(killing, this, [this](bool) {
        m_isRunning = false;
        if (!m_timer.isActive())
            run();
    });
}

void TreeKiller::killNow(const QList<KillTarget> &targets, const std::shared_ptr<Cgroups> &cgroups)
{
    m_timer.stop();
    const QList<KillTarget> all = std::exchange(m_waiting, {}) + targets;
    if (!all.isEmpty())
        killAll(all, m_inherited, cgroups);
}

} // namespace lifeguard
