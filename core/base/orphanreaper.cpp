// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/orphanreaper.h"

#include "core/base/procfile.h"

#include <sys/wait.h>
#include <unistd.h>

namespace lifeguard {

void reapOrphans(const QSet<qint64> &known)
{
    siginfo_t ended{};
    if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0)
        return; // no child has ended, so that /proc need not be read
    const QList<qint64> children = listedChildren(getpid()).value_or(QList<qint64>());
    for (const qint64 child : children) {
        if (!known.contains(child))
            waitpid(static_cast<pid_t>(child), nullptr, WNOHANG);
    }
}

void OrphanReaper::reap(const QSet<qint64> &known)
{
    QSet<qint64> ended;
    const QList<qint64> children = listedChildren(getpid()).value_or(QList<qint64>());
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
