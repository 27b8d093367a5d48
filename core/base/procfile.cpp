// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/procfile.h"

#include <cstdlib>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {

QByteArray readProcFile(const char *path)
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

} // namespace lifeguard
