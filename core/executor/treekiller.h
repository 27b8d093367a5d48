// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/executor/cgroups.h"
#include "core/executor/inheritedchildren.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace lifeguard {

/// The processes of a worker that must end.
struct KillTarget
{
    QString executorId;
    qint64 pid = 0; ///< the root of the tree; 0 if it is not known, or has ended
    bool hasEnded = false; ///< its cgroup is disposed of
    QHash<qint64, quint64> members; ///< start times of known processes of the tree, by pid
    quint64 since = 0; ///< start time of the worker, in clock ticks after boot; 0: not known
    std::shared_ptr<WorkerCgroup> cgroup; ///< null if the worker has none
};

/// Kills the process trees of workers on another thread. A kill scans /proc, so all trees that are to be killed within
/// 100 ms are killed together: hundreds of workers that end at the same time cause a few scans.
class TreeKiller : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds interval{100}; ///< between the starts of two scans

    explicit TreeKiller(QObject *parent = nullptr);

    /// Kills the processes of a worker within the interval.
    void kill(const KillTarget &target, const std::shared_ptr<Cgroups> &cgroups);
    /// Kills all waiting targets and these ones at once. Blocks.
    void killNow(const QList<KillTarget> &targets, const std::shared_ptr<Cgroups> &cgroups);
    /// As InheritedChildren::observe().
    void observeChildren(const QSet<qint64> &known) { m_inherited.observe(known); }

private:
    void run();

    InheritedChildren m_inherited;
    QList<KillTarget> m_waiting;
    std::shared_ptr<Cgroups> m_cgroups;
    QTimer m_timer; ///< runs until the next scan may start
    bool m_isRunning = false; ///< a scan is under way
};

} // namespace lifeguard
