// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processenvironment.h"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {

std::optional<QList<QByteArray>> processEnvironment(qint64 pid)
{
    if (pid <= 0)
        return {};
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%lld/environ", static_cast<long long>(pid));
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {};
    QByteArray text;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        text.append(buffer, n);
    close(fd);
    if (n < 0)
        return {};
    return text.split('\0');
}

std::optional<QByteArray> processEnvironmentValue(qint64 pid, const QByteArray &name)
{
    const std::optional<QList<QByteArray>> variables = processEnvironment(pid);
    if (!variables)
        return {};
    const QByteArray prefix = name + '=';
    for (const QByteArray &variable : *variables) {
        if (variable.startsWith(prefix))
            return variable.mid(prefix.size());
    }
    return {};
}

} // namespace lifeguard
