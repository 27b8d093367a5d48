// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processtree.h"

#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/base/procfile.h"

#include <QByteArray>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <tuple>
#include <utility>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard {

namespace {

constexpr int maxRounds = 50;
constexpr timespec roundPause{0, 2'000'000};

bool hasEnded(const ProcessEntry &entry)
{
    return entry.state == 'Z' || entry.state == 'X';
}

QList<qint64> processesWithExecutorId(const QSet<QString> &executorIds, const QList<qint64> &pids)
{
    QList<qint64> found;
    QSet<QByteArray> ids;
    for (const QString &id : executorIds)
        ids.insert(id.toUtf8());
    for (const qint64 pid : pids) {
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

/// Returns the process root and all its descendants. Reads only their files.
QList<ProcessEntry> readTree(qint64 root)
{
    QList<ProcessEntry> tree;
    QList<qint64> open{root};
    QSet<qint64> seen;
    while (!open.isEmpty()) {
        const qint64 pid = open.takeLast();
        const std::optional<ProcessEntry> entry = processEntry(pid);
        if (seen.contains(pid) || !entry)
            continue;
        seen.insert(pid);
        tree.append(*entry);
        open.append(childrenOf(pid));
    }
    return tree;
}

/// The processes to kill in one round.
class RoundTargets
{
public:
    explicit RoundTargets(const QSet<QString> &executorIds)
    {
        if (executorIds.isEmpty())
            return; // the trees can be read without a scan of /proc
        m_table = ProcessTable::read();
        for (const qint64 pid : processesWithExecutorId(executorIds, m_table->entries().keys()))
            addTree(pid);
    }

    [[nodiscard]] std::optional<ProcessEntry> entryOf(qint64 pid) const
    {
        if (!m_table)
            return processEntry(pid);
        const auto entry = m_table->entries().constFind(pid);
        return entry == m_table->entries().cend() ? std::nullopt : std::optional(*entry);
    }
    void addTree(qint64 root)
    {
        for (const ProcessEntry &member : m_table ? m_table->treeOf(root) : readTree(root))
            m_targets.insert(member.pid, member);
    }
    /// Sends SIGKILL to all targets except for this process and pid 1. Returns whether any of them was alive.
    [[nodiscard]] bool kill()
    {
        m_targets.remove(getpid());
        m_targets.remove(1);
        bool hasKilled = false;
        for (const ProcessEntry &target : std::as_const(m_targets)) {
            if (!hasEnded(target))
                hasKilled = ::kill(static_cast<pid_t>(target.pid), SIGKILL) == 0 || hasKilled;
        }
        return hasKilled;
    }
    /// Adds the start times of the targets.
    void addTo(QHash<qint64, quint64> &startTimes) const
    {
        for (const ProcessEntry &target : m_targets)
            startTimes.insert(target.pid, target.startTime);
    }

private:
    std::optional<ProcessTable> m_table;
    QHash<qint64, ProcessEntry> m_targets;
};

} // namespace

QList<qint64> processesWithExecutorId(const QSet<QString> &executorIds)
{
    return executorIds.isEmpty() ? QList<qint64>() : processesWithExecutorId(executorIds, allPids());
}

void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds, const QHash<qint64, quint64> &members)
{
    const pid_t self = getpid();
    // The processes to kill, with their start times, since a pid may be reused in the meantime. Those of one round are
    // roots of the next one: it finds processes that they have forked in between, and waits until they have ended.
    QHash<qint64, quint64> startTimes = members;
    for (int round = 0; round < maxRounds; ++round) {
        RoundTargets targets(executorIds);
        const QList<qint64> candidates = round == 0 ? roots + members.keys() : startTimes.keys();
        for (const qint64 root : candidates) {
            if (root <= 1 || root == self)
                continue;
            const std::optional<ProcessEntry> entry = targets.entryOf(root);
            if (!entry)
                continue;
            if (round == 0 && !startTimes.contains(root))
                startTimes.insert(root, entry->startTime);
            if (startTimes.value(root) == entry->startTime) // otherwise the pid was reused by another process
                targets.addTree(root);
        }
        if (!targets.kill())
            return;
        targets.addTo(startTimes);
        nanosleep(&roundPause, nullptr);
    }
    qCWarning(lcBase, "processes are still alive after %d rounds of SIGKILL", maxRounds);
}

void killDescendants()
{
    for (int round = 0; round < maxRounds; ++round) {
        // The descendants of killed processes become children of this process, a subreaper.
        RoundTargets targets({});
        for (const qint64 child : childrenOf(getpid()))
            targets.addTree(child);
        std::ignore = targets.kill();
        pid_t ended = 0;
        while ((ended = waitpid(-1, nullptr, WNOHANG)) > 0) {}
        if (ended < 0 && errno == ECHILD)
            return;
        nanosleep(&roundPause, nullptr); // wait for killed processes to end
    }
    qCWarning(lcBase, "descendants are still alive after %d rounds of SIGKILL", maxRounds);
}

} // namespace lifeguard
