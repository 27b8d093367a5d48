// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/managerprocess.h"

#include <unistd.h>

namespace lifeguard {

void ManagerProcess::watch(const ProcessIdentity &manager)
{
    m_watcher = std::make_unique<PidWatcher>(manager);
    connect(m_watcher.get(), &PidWatcher::ended, this, &ManagerProcess::gone);
}

void ManagerProcess::watchForeign(qint64 pid)
{
    const qint64 watched = pid > 0 ? pid : qint64(getppid());
    std::optional<ProcessIdentity> manager = ProcessIdentity::of(watched);
    if (!manager) {
        // The process has ended, or /proc hides it. PidWatcher tells the two apart.
        manager = ProcessIdentity::self();
        manager->pid = watched;
        manager->startTime = 0;
    }
    watch(*manager);
}

} // namespace lifeguard
