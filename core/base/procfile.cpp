// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/procfile.h"

#include <atomic>
#include <cstdio>
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

namespace {

std::atomic<quint64> g_scanCount{0};

/// Returns the entries of a folder whose names are numbers.
QList<qint64> numbersIn(const char *folder)
{
    QList<qint64> numbers;
    DIR *entries = opendir(folder);
    if (!entries)
        return numbers;
    while (const dirent *entry = readdir(entries)) {
        char *end = nullptr;
        const long number = std::strtol(entry->d_name, &end, 10);
        if (number > 0 && *end == '\0')
            numbers.append(number);
    }
    closedir(entries);
    return numbers;
}

} // namespace

QList<qint64> allPids()
{
    ++g_scanCount;
    return numbersIn("/proc");
}

quint64 procScanCount()
{
    return g_scanCount;
}

std::optional<QList<qint64>> listedChildren(qint64 pid)
{
    char path[96];
    std::snprintf(path, sizeof path, "/proc/%lld/task", static_cast<long long>(pid));
    bool isListed = false;
    QList<qint64> children;
    for (const qint64 thread : numbersIn(path)) { // a child belongs to the thread that forked it
        std::snprintf(path, sizeof path, "/proc/%lld/task/%lld/children", static_cast<long long>(pid),
                      static_cast<long long>(thread));
        isListed = isListed || access(path, R_OK) == 0;
        for (const QByteArray &child : readProcFile(path).split(' ')) {
            if (const qint64 number = child.toLongLong(); number > 0)
                children.append(number);
        }
    }
    if (!isListed)
        return {};
    return children;
}

} // namespace lifeguard
