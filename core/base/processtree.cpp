// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processtree.h"

#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/base/procfile.h"

#include <QByteArray>
#include <QHash>

#include <cstdio>

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard {

QList<qint64> processesWithExecutorId(const QSet<QString> &executorIds)
{
    QList<qint64> found;
    if (executorIds.isEmpty())
        return found;
    QSet<QByteArray> ids;
    for (const QString &id : executorIds)
        ids.insert(id.toUtf8());
    for (const qint64 pid : allPids()) {
        char path[64];
        std::snprintf(path, sizeof path, "/proc/%lld/environ", static_cast<long long>(pid));
        const QByteArray environment = '\0' + readProcFile(path);
        static const QByteArray name("\0LIFEGUARD_EXECUTOR_ID=", 23);
        const qsizetype at = environment.indexOf(name);
        if (at < 0)
            continue;
        const qsizetype begin = at + name.size();
        const qsizetype end = environment.indexOf('\0', begin);
        if (ids.contains(environment.mid(begin, end < 0 ? -1 : end - begin)))
            found.append(pid);
    }
    return found;
}

void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds)
{
    const pid_t self = getpid();
    // A root is killed only while its start time is the same as in the first round, since its pid may be reused in the
    // meantime. Processes forked between two rounds are found by the next one.
    constexpr int maxRounds = 50;
    QHash<qint64, quint64> rootStart;
    for (int round = 0; round < maxRounds; ++round) {
        const ProcessTable table = ProcessTable::read();
        QSet<qint64> targets;
        for (const qint64 root : roots) {
            if (root <= 1 || root == self)
                continue;
            const auto entry = table.entries().constFind(root);
            if (entry == table.entries().cend())
                continue;
            if (round == 0)
                rootStart.insert(root, entry->startTime);
            if (rootStart.value(root) != entry->startTime)
                continue; // the pid was reused by another process
            for (const ProcessEntry &member : table.treeOf(root))
                targets.insert(member.pid);
        }
        for (const qint64 pid : processesWithExecutorId(executorIds)) {
            for (const ProcessEntry &member : table.treeOf(pid))
                targets.insert(member.pid);
            targets.insert(pid);
        }
        targets.remove(self);
        targets.remove(1);
        int alive = 0;
        for (const qint64 pid : targets) {
            const auto entry = table.entries().constFind(pid);
            if (entry != table.entries().cend() && (entry->state == 'Z' || entry->state == 'X'))
                continue;
            if (kill(static_cast<pid_t>(pid), SIGKILL) == 0)
                ++alive;
        }
        if (alive == 0)
            return;
        const timespec pause{0, 2'000'000};
        nanosleep(&pause, nullptr);
    }
    qCWarning(lcBase, "processes are still alive after %d rounds of SIGKILL", maxRounds);
}

} // namespace lifeguard
