// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/treememory.h"

#include <QHash>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Reads the start of a file below /proc into buffer and appends a null byte. Returns the length, or -errno.
ssize_t readStart(qint64 pid, const char *file, char *buffer, size_t size)
{
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%lld/%s", static_cast<long long>(pid), file);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const ssize_t n = read(fd, buffer, size - 1);
    const int error = errno;
    close(fd);
    if (n < 0)
        return -error;
    buffer[n] = '\0';
    return n;
}

} // namespace

TreeMemory treeMemory(const QList<ProcessMemory> &processes)
{
    TreeMemory sum;
    QHash<QByteArray, qint64> largest;
    for (const ProcessMemory &process : processes) {
        sum.atMost += process.resident;
        sum.bytes += process.resident - process.shared;
        qint64 &most = largest[process.name];
        most = qMax(most, process.shared);
    }
    for (const qint64 shared : std::as_const(largest))
        sum.bytes += shared;
    return sum;
}

TreeMemory treeMemory(const QList<ProcessEntry> &tree)
{
    static const qint64 pageSize = sysconf(_SC_PAGESIZE);
    QList<ProcessMemory> processes;
    for (const ProcessEntry &process : tree) {
        char text[128];
        long long size = 0;
        long long resident = 0;
        long long shared = 0;
        if (readStart(process.pid, "statm", text, sizeof text) > 0
            && std::sscanf(text, "%lld %lld %lld", &size, &resident, &shared) == 3)
            processes.append({process.name, resident * pageSize, qMin(shared, resident) * pageSize});
    }
    return treeMemory(processes);
}

std::optional<qint64> exactTreeMemory(const QList<ProcessEntry> &tree)
{
    qint64 bytes = 0;
    for (const ProcessEntry &process : tree) {
        char text[1024];
        const ssize_t n = readStart(process.pid, "smaps_rollup", text, sizeof text);
        if (n == -ENOENT || n == -ESRCH)
            continue; // the process has ended, or is a zombie
        if (n < 0)
            return {};
        const char *line = std::strstr(text, "\nPss:");
        long long kilobytes = 0;
        if (line && std::sscanf(line + 5, "%lld", &kilobytes) == 1)
            bytes += kilobytes * 1024;
    }
    return bytes;
}

} // namespace lifeguard
