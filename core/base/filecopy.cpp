// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/filecopy.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qint64 chunkSize = 1 << 20; ///< bytes

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::filecopy", text);
}

Error copyError(const QString &from, const QString &to, int code)
{
    const QString folder = QFileInfo(to).path();
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return {ErrorCode::DiskFull, tr("The disk is full: %1 could not be copied to %2.").arg(from, folder), {}};
    case EACCES:
    case EPERM:
    case EROFS:
        return {ErrorCode::PermissionDenied,
                tr("%1 could not be copied: the folder %2 is not writable.").arg(from, folder),
                {}};
    case EFBIG:
        return {ErrorCode::DiskFull,
                tr("%1 could not be copied to %2: the file exceeds the maximum size there.").arg(from, folder),
                {}};
    default:
        return {ErrorCode::Io, tr("%1 could not be copied to %2: %3.").arg(from, to, qt_error_string(code)), {}};
    }
}

/// Renames a file to a name that does not exist yet. Returns 0 or errno.
int renameToNew(const QByteArray &from, const QByteArray &to)
{
    if (renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // The file system does not support it. A hard link does not replace an existing file either.
    if (link(from.constData(), to.constData()) != 0)
        return errno;
    unlink(from.constData());
    return 0;
}

/// Writes all bytes. Returns 0 or errno.
int writeAll(int fd, const char *bytes, qint64 size)
{
    for (qint64 done = 0; done < size;) {
        const ssize_t n = write(fd, bytes + done, static_cast<size_t>(size - done));
        if (n >= 0)
            done += n;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

Status conflict(const QString &from, const QString &to)
{
    return failure(ErrorCode::Io,
                   tr("%1 was not copied: another file exists at %2 and is left unchanged.").arg(from, to));
}

} // namespace

Status copyToNew(const QString &from, const QString &to, Progress *progress)
{
    QFile source(from);
    if (!QFileInfo(from).isFile() || !source.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, QFileInfo::exists(from)
                                          ? tr("%1 cannot be read: %2.").arg(from, source.errorString())
                                          : tr("%1 no longer exists.").arg(from));
    const QFileInfo existing(to);
    if (existing.exists() || existing.isSymLink()) {
        if (!haveSameContent(from, to, progress))
            return conflict(from, to);
        if (progress)
            progress->done += source.size();
        return {};
    }
    const QString folder = existing.path();
    if (!QDir().mkpath(folder))
        return failure(
            ErrorCode::PermissionDenied,
            tr("The folder %1 cannot be created. Check the permissions and the free disk space.").arg(folder));
    const QByteArray temporary = QFile::encodeName(
        QStringLiteral("%1/.lifeguard-copy-%2").arg(folder, QUuid::createUuid().toString(QUuid::Id128)));
    const int fd = open(temporary.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return failure(copyError(from, to, errno));
    int writeError = 0;
    QString readError;
    bool cancelled = false;
    QByteArray buffer(int(chunkSize), Qt::Uninitialized);
    while (writeError == 0) {
        cancelled = progress && progress->cancelled;
        const qint64 n = cancelled ? 0 : source.read(buffer.data(), chunkSize);
        if (n < 0)
            readError = source.errorString();
        if (n <= 0)
            break;
        writeError = writeAll(fd, buffer.constData(), n);
        if (progress)
            progress->done += n;
    }
    if (close(fd) != 0 && writeError == 0)
        writeError = errno;
    const bool isComplete = writeError == 0 && readError.isEmpty() && !cancelled;
    const int renameError = isComplete ? renameToNew(temporary, QFile::encodeName(to)) : 0;
    if (isComplete && renameError == 0)
        return {};
    unlink(temporary.constData());
    if (cancelled)
        return failure(ErrorCode::Cancelled, tr("Copying was cancelled."));
    if (!readError.isEmpty())
        return failure(ErrorCode::Io, tr("%1 cannot be read: %2.").arg(from, readError));
    if (renameError == EEXIST)
        return haveSameContent(from, to, progress) ? Status() : conflict(from, to);
    return failure(copyError(from, to, writeError != 0 ? writeError : renameError));
}

bool haveSameContent(const QString &a, const QString &b, const Progress *progress)
{
    // Only regular files: opening a pipe would block until its other end is opened.
    const QFileInfo firstInfo(a);
    const QFileInfo secondInfo(b);
    if (!firstInfo.isFile() || !secondInfo.isFile() || firstInfo.size() != secondInfo.size())
        return false;
    QFile first(a);
    QFile second(b);
    if (!first.open(QIODevice::ReadOnly) || !second.open(QIODevice::ReadOnly))
        return false;
    while (true) {
        if (progress && progress->cancelled)
            return false;
        const QByteArray bytes = first.read(chunkSize);
        if (bytes != second.read(chunkSize) || first.error() != QFile::NoError || second.error() != QFile::NoError)
            return false;
        if (bytes.isEmpty())
            return true;
    }
}

} // namespace lifeguard
