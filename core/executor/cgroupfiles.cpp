// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/cgroupfiles.h"

#include <QDir>
#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {

QByteArray CgroupFiles::selfCgroup() const
{
    return read(QStringLiteral("/proc/self/cgroup"));
}

QByteArray CgroupFiles::mountinfo() const
{
    return read(QStringLiteral("/proc/self/mountinfo"));
}

bool CgroupFiles::createFolder(const QString &path)
{
    return mkdir(QFile::encodeName(path).constData(), 0755) == 0;
}

bool CgroupFiles::removeFolder(const QString &path)
{
    return rmdir(QFile::encodeName(path).constData()) == 0 || errno == ENOENT;
}

int CgroupFiles::write(const QString &path, const QByteArray &text)
{
    const int fd = openForWriting(path);
    if (fd < 0)
        return errno;
    // A single call, because the kernel treats each write as one command.
    const ssize_t written = ::write(fd, text.constData(), static_cast<size_t>(text.size()));
    const int error = written < 0 ? errno : 0;
    close(fd);
    return error;
}

QByteArray CgroupFiles::read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList CgroupFiles::folders(const QString &path)
{
    return QDir(path).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
}

QList<qint64> CgroupFiles::processesIn(const QString &folder)
{
    QList<qint64> pids;
    const QByteArray text = read(folder + QStringLiteral("/cgroup.procs"));
    for (const QByteArray &line : text.split('\n')) {
        if (!line.trimmed().isEmpty())
            pids.append(line.trimmed().toLongLong());
    }
    return pids;
}

bool CgroupFiles::isOwn(const QString &path)
{
    struct stat status = {};
    return stat(QFile::encodeName(path).constData(), &status) == 0 && status.st_uid == geteuid();
}

int CgroupFiles::openForWriting(const QString &path)
{
    return open(QFile::encodeName(path).constData(), O_WRONLY | O_CLOEXEC);
}

} // namespace lifeguard
