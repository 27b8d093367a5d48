// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerlogs.h"

#include <QByteArray>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns whether a living worker holds a lock on its log.
bool isInUse(const QString &path)
{
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool isLocked = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return isLocked;
}

/// Removes bytes at the beginning of the file, without a moment in which a writer could be disturbed. Returns false if
/// the file system does not support this.
bool collapse(int fd, qint64 bytes, qint64 blockSize)
{
    const qint64 wholeBlocks = blockSize > 0 ? bytes / blockSize * blockSize : 0;
    return wholeBlocks > 0 && fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, wholeBlocks) == 0;
}

/// Empties the file and appends its former end.
void copyEnd(int fd, qint64 from, qint64 largest)
{
    QByteArray end;
    char buffer[65536];
    ssize_t n = 0;
    while (end.size() < largest && (n = pread(fd, buffer, sizeof buffer, from + end.size())) > 0)
        end.append(buffer, n);
    if (ftruncate(fd, 0) != 0)
        return;
    const char *rest = end.constData();
    for (qsizetype left = end.size(); left > 0; left -= n, rest += n) {
        n = write(fd, rest, size_t(left));
        if (n <= 0)
            return;
    }
}

} // namespace

void WorkerLogs::removeOld(const QString &folder, std::chrono::seconds kept)
{
    const QDateTime limit = QDateTime::currentDateTimeUtc().addSecs(-kept.count());
    for (const QFileInfo &file : QDir(folder).entryInfoList({QStringLiteral("*.log")}, QDir::Files)) {
        if (file.lastModified() < limit && !isInUse(file.absoluteFilePath()))
            QFile::remove(file.absoluteFilePath());
    }
}

void WorkerLogs::limitSize(const QString &path, qint64 largest)
{
    const QByteArray name = QFile::encodeName(path);
    struct stat status = {};
    if (stat(name.constData(), &status) != 0 || status.st_size <= largest)
        return;
    const int fd = open(name.constData(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return;
    const qint64 removed = status.st_size - largest / 2;
    if (!collapse(fd, removed, status.st_blksize))
        copyEnd(fd, removed, largest);
    close(fd);
}

} // namespace lifeguard
