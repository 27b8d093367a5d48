// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/workercgroup.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int maxRounds = 50; ///< with the pause, 100 ms
constexpr timespec roundPause{0, 2'000'000};

} // namespace

void WorkerCgroup::closeEntries()
{
    for (const int fd : m_entries)
        close(fd);
    m_entries.clear();
}

bool WorkerCgroup::contains(qint64 pid) const
{
    for (const QString &folder : m_folders) {
        if (!CgroupFiles::processesIn(folder).contains(pid))
            return false;
    }
    return !m_folders.isEmpty();
}

CgroupKills WorkerCgroup::kills() const
{
    if (m_memoryFolder.isEmpty())
        return {};
    if (m_isMemoryUnified)
        return killsFromEvents(CgroupFiles::read(m_memoryFolder + QStringLiteral("/memory.events")));
    const auto number = [this](const char *file) {
        return CgroupFiles::read(m_memoryFolder + u'/' + QString::fromUtf8(file)).trimmed().toLongLong();
    };
    return killsFromOomControl(CgroupFiles::read(m_memoryFolder + QStringLiteral("/memory.oom_control")),
                               qMax(number("memory.max_usage_in_bytes"), number("memory.memsw.max_usage_in_bytes")), m_memoryLimit);
}

void WorkerCgroup::kill()
{
    for (const QString &folder : m_folders)
        m_files->write(folder + QStringLiteral("/cgroup.kill"), "1"); // v2 since Linux 5.14: kills all at once, so no process can escape by forking
    const pid_t self = getpid();
    for (int round = 0; round < maxRounds; ++round) {
        bool hasKilled = false;
        for (const QString &folder : m_folders) {
            for (const qint64 pid : CgroupFiles::processesIn(folder)) {
                if (pid > 1 && pid != self)
                    hasKilled = ::kill(static_cast<pid_t>(pid), SIGKILL) == 0 || hasKilled;
            }
        }
        if (!hasKilled)
            return;
        nanosleep(&roundPause, nullptr);
    }
}

bool WorkerCgroup::remove()
{
    closeEntries();
    bool isRemoved = true;
    for (const QString &folder : m_folders)
        isRemoved = m_files->removeFolder(folder) && isRemoved;
    return isRemoved;
}

} // namespace lifeguard
