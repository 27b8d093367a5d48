// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processtree.h"

#include "core/base/logging.h"

#include <QByteArray>

#include <cstdio>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

namespace lifeguard {
namespace {

/// All of a file below /proc, without QFile's overhead: this is read for every process once a second.
QByteArray readAll(const char *path)
{
    QByteArray content;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return content;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        content.append(buffer, n);
    close(fd);
    return content;
}

/// All numbers among the names in /proc.
QList<qint64> allPids()
{
    QList<qint64> pids;
    DIR *proc = opendir("/proc");
    if (!proc)
        return pids;
    while (const dirent *entry = readdir(proc)) {
        char *end = nullptr;
        const long pid = std::strtol(entry->d_name, &end, 10);
        if (pid > 0 && *end == '\0')
            pids.append(pid);
    }
    closedir(proc);
    return pids;
}

std::optional<ProcessEntry> readEntry(qint64 pid)
{
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%lld/stat", static_cast<long long>(pid));
    const QByteArray stat = readAll(path);
    const qsizetype end = stat.lastIndexOf(')'); // the command name may hold blanks and brackets
    if (end < 0)
        return {};
    const QList<QByteArray> fields = stat.mid(end + 2).split(' ');
    if (fields.size() < 22)
        return {};
    static const qint64 pageSize = sysconf(_SC_PAGESIZE);
    ProcessEntry entry;
    entry.pid = pid;
    entry.state = fields.at(0).isEmpty() ? '?' : fields.at(0).at(0);
    entry.parent = fields.at(1).toLongLong();
    entry.cpuTicks = fields.at(11).toULongLong() + fields.at(12).toULongLong();
    entry.childTicks = fields.at(13).toULongLong() + fields.at(14).toULongLong();
    entry.startTime = fields.at(19).toULongLong();
    entry.residentBytes = fields.at(21).toLongLong() * pageSize;
    const qsizetype begin = stat.indexOf('(') + 1;
    entry.name = stat.mid(begin, end - begin);
    return entry;
}

/// Orphans are given to the thread group, usually its first thread; children are those of the thread that made them.
QSet<qint64> childrenOfThis()
{
    char first[96];
    std::snprintf(first, sizeof first, "/proc/self/task/%d/children", getpid());
    QSet<qint64> children;
    for (const char *list : {"/proc/thread-self/children", static_cast<const char *>(first)}) {
        for (const QByteArray &child : readAll(list).split(' ')) {
            if (const qint64 pid = child.toLongLong(); pid > 0)
                children.insert(pid);
        }
    }
    return children;
}

} // namespace

std::optional<ProcessEntry> processEntry(qint64 pid)
{
    return pid > 0 ? readEntry(pid) : std::nullopt;
}

ProcessTable ProcessTable::read()
{
    ProcessTable table;
    for (const qint64 pid : allPids()) {
        if (const std::optional<ProcessEntry> entry = readEntry(pid)) {
            table.m_entries.insert(pid, *entry);
            table.m_children[entry->parent].append(pid);
        }
    }
    return table;
}

QList<ProcessEntry> ProcessTable::treeOf(qint64 root) const
{
    QList<ProcessEntry> tree;
    QList<qint64> open{root};
    while (!open.isEmpty()) {
        const qint64 pid = open.takeLast();
        const auto found = m_entries.constFind(pid);
        if (found == m_entries.cend())
            continue;
        tree.append(*found);
        open.append(m_children.value(pid));
    }
    return tree;
}

QList<qint64> processesTagged(const QSet<QString> &executorIds)
{
    QList<qint64> tagged;
    if (executorIds.isEmpty())
        return tagged;
    QSet<QByteArray> wanted;
    for (const QString &id : executorIds)
        wanted.insert(id.toUtf8());
    for (const qint64 pid : allPids()) {
        char path[64];
        std::snprintf(path, sizeof path, "/proc/%lld/environ", static_cast<long long>(pid));
        const QByteArray environment = '\0' + readAll(path);
        static const QByteArray name("\0LIFEGUARD_EXECUTOR_ID=", 23);
        const qsizetype at = environment.indexOf(name);
        if (at < 0)
            continue;
        const qsizetype begin = at + name.size();
        const qsizetype end = environment.indexOf('\0', begin);
        if (wanted.contains(environment.mid(begin, end < 0 ? -1 : end - begin)))
            tagged.append(pid);
    }
    return tagged;
}

void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds)
{
    const pid_t self = getpid();
    // A process is killed only while pid and start time agree, and what it forked between two looks is found by the next.
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
                continue; // the pid is somebody else's by now
            for (const ProcessEntry &member : table.treeOf(root))
                targets.insert(member.pid);
        }
        for (const qint64 pid : processesTagged(executorIds)) {
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
    qCWarning(lcBase, "processes are left after %d rounds of SIGKILL", maxRounds);
}

void reapOrphans(const QSet<qint64> &known)
{
    for (const qint64 child : childrenOfThis()) {
        if (!known.contains(child))
            waitpid(static_cast<pid_t>(child), nullptr, WNOHANG);
    }
}

void OrphanReaper::look(const QSet<qint64> &known)
{
    QSet<qint64> ended;
    for (const qint64 child : childrenOfThis()) {
        siginfo_t info{};
        const bool hasEnded = waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
        if (!hasEnded || known.contains(child))
            continue;
        if (m_ended.contains(child))
            waitpid(static_cast<pid_t>(child), nullptr, WNOHANG);
        else
            ended.insert(child);
    }
    m_ended = ended;
}

} // namespace lifeguard
