// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/orphanreaper.h"

#include "core/base/procfile.h"

#include <QByteArray>

#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns the children of this process. /proc lists them by thread: a child belongs to the thread that forked it, and
/// an orphan to the thread group, usually to its first thread.
QSet<qint64> ownChildren()
{
    char first[96];
    std::snprintf(first, sizeof first, "/proc/self/task/%d/children", getpid());
    QSet<qint64> children;
    for (const char *list : {"/proc/thread-self/children", static_cast<const char *>(first)}) {
        for (const QByteArray &child : readProcFile(list).split(' ')) {
            if (const qint64 pid = child.toLongLong(); pid > 0)
                children.insert(pid);
        }
    }
    return children;
}

} // namespace

void reapOrphans(const QSet<qint64> &known)
{
    const auto children = ownChildren();
    for (const qint64 child : children) {
        if (!known.contains(child))
            waitpid(static_cast<pid_t>(child), nullptr, WNOHANG);
    }
}

void OrphanReaper::reap(const QSet<qint64> &known)
{
    QSet<qint64> ended;
    const auto children = ownChildren();
    for (const qint64 child : children) {
        siginfo_t info{};
        const bool hasEnded = waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0
                           && info.si_pid != 0;
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
