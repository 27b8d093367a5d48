// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/smalldisk.h"

#include <QFile>

#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace lifeguard::test {

SmallDisk::SmallDisk(const QString &folder) : m_path(folder.isEmpty() ? m_folder.path() : folder)
{
    m_isMounted = mount("tmpfs", QFile::encodeName(path()).constData(), "tmpfs", MS_NOSUID | MS_NODEV,
                        "size=1m,mode=0777")
               == 0;
}

SmallDisk::~SmallDisk()
{
    unmount();
}

void SmallDisk::unmount()
{
    if (std::exchange(m_isMounted, false))
        umount2(QFile::encodeName(path()).constData(), MNT_DETACH);
}

QByteArray SmallDisk::fillerName() const
{
    return QFile::encodeName(path() + QStringLiteral("/filler"));
}

void SmallDisk::fill() const
{
    static constexpr std::array<char, 4096> block{};
    const int fd = open(fillerName().constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    while (write(fd, block.data(), block.size()) > 0) {}
    close(fd);
}

void SmallDisk::free() const
{
    unlink(fillerName().constData());
}

bool SmallDisk::setReadOnly(bool isReadOnly) const
{
    const unsigned long flags = MS_REMOUNT | MS_NOSUID | MS_NODEV
                              | (isReadOnly ? static_cast<unsigned long>(MS_RDONLY) : 0UL);
    return mount("tmpfs", QFile::encodeName(path()).constData(), "tmpfs", flags, "size=1m,mode=0777") == 0;
}

} // namespace lifeguard::test
