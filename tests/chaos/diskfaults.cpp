// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/diskfaults.h"

#include <QFile>

#include <cstdio>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

const QString filled = QStringLiteral("times the disk of the workspace was full");
const QString readOnly = QStringLiteral("times the disk of the workspace was read-only");

constexpr int maxTries = 200;

bool remount(const QString &path, unsigned long flags)
{
    return mount("tmpfs", QFile::encodeName(path).constData(), "tmpfs", MS_REMOUNT | flags, nullptr) == 0;
}

} // namespace

DiskFaults::DiskFaults(FaultContext &context) : m_context(context)
{
    if (!m_context.testbed.hasSmallDisk())
        std::printf("SKIP   : the disk is not filled, because mounting a tmpfs requires root\n");
}

std::vector<Fault> DiskFaults::faults()
{
    if (!m_context.testbed.hasSmallDisk())
        return {};
    return {{3, filled, [this] { fill(); }}, {2, readOnly, [this] { makeReadOnly(); }}};
}

void DiskFaults::fill()
{
    const int duration = m_context.randomBetween(200, 3000);
    if (m_isBroken)
        return;
    const QString path = m_context.testbed.workspace() + QStringLiteral("/filler");
    const QByteArray name = QFile::encodeName(path);
    const int fd = open(name.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    struct statvfs info = {};
    // Allocated in steps that become smaller, because the workers use space at the same time.
    off_t size = 0;
    for (off_t step = fstatvfs(fd, &info) == 0 ? off_t(info.f_bavail) * off_t(info.f_frsize) : 0; step >= 4096;) {
        if (fallocate(fd, 0, size, step) == 0)
            size += step;
        else
            step /= 2;
    }
    close(fd);
    m_isBroken = true;
    m_context.count(filled);
    m_context.scheduleRevert(duration, [this, path] {
        QFile::remove(path);
        m_isBroken = false;
    });
}

void DiskFaults::makeReadOnly()
{
    const int duration = m_context.randomBetween(200, 3000);
    const QString path = m_context.testbed.workspace();
    if (m_isBroken)
        return;
    int tries = 0;
    while (!remount(path, MS_RDONLY)) { // fails while a worker is writing a file
        if (++tries > maxTries)
            return;
        usleep(1000);
    }
    m_isBroken = true;
    m_context.count(readOnly);
    m_context.scheduleRevert(duration, [this, path] {
        if (!remount(path, 0))
            qFatal("The workspace cannot be made writable again.");
        m_isBroken = false;
    });
}

} // namespace lifeguard::chaos
