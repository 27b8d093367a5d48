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

constexpr qint64 chunk = 1 << 20;

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
        return {ErrorCode::PermissionDenied, tr("%1 could not be copied: nothing may be written into the folder %2.").arg(from, folder), {}};
    case EFBIG:
        return {ErrorCode::DiskFull, tr("%1 could not be copied to %2: the file is larger than what may be written there.").arg(from, folder), {}};
    default:
        return {ErrorCode::Io, tr("%1 could not be copied to %2: %3.").arg(from, to, qt_error_string(code)), {}};
    }
}

/// Gives the file its name only where nothing has it; 0 or the system's error.
int renameToNew(const QByteArray &from, const QByteArray &to)
{
    if (renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system that cannot; a second name is as good.
    if (link(from.constData(), to.constData()) != 0)
        return errno;
    unlink(from.constData());
    return 0;
}

/// Writes all of it; 0 or the system's error.
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
    return failure(ErrorCode::Io, tr("%1 was not copied in: there is another file at %2 by now, and it is kept as it is.").arg(from, to));
}

} // namespace

Status copyToNew(const QString &from, const QString &to, Progress *progress)
{
    QFile source(from);
    if (!QFileInfo(from).isFile() || !source.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, tr("%1 cannot be read: %2.").arg(from, QFileInfo::exists(from) ? source.errorString() : tr("it is not there any more")));
    const QFileInfo there(to);
    if (there.exists() || there.isSymLink()) {
        if (!haveSameContent(from, to, progress))
            return conflict(from, to);
        if (progress)
            progress->done += source.size();
        return {};
    }
    const QString folder = there.path();
    if (!QDir().mkpath(folder))
        return failure(ErrorCode::PermissionDenied, tr("The folder %1 cannot be made: check its permissions, and the space on the disk.").arg(folder));
    const QByteArray temporary
        = QFile::encodeName(QStringLiteral("%1/.lifeguard-copy-%2").arg(folder, QUuid::createUuid().toString(QUuid::Id128)));
    const int fd = open(temporary.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return failure(copyError(from, to, errno));
    int failed = 0;
    QString unreadable;
    bool cancelled = false;
    QByteArray buffer(int(chunk), Qt::Uninitialized);
    while (failed == 0) {
        cancelled = progress && progress->cancelled;
        const qint64 n = cancelled ? 0 : source.read(buffer.data(), chunk);
        if (n < 0)
            unreadable = source.errorString();
        if (n <= 0)
            break;
        failed = writeAll(fd, buffer.constData(), n);
        if (progress)
            progress->done += n;
    }
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    const bool whole = failed == 0 && unreadable.isEmpty() && !cancelled;
    const int named = whole ? renameToNew(temporary, QFile::encodeName(to)) : 0;
    if (whole && named == 0)
        return {};
    unlink(temporary.constData());
    if (cancelled)
        return failure(ErrorCode::Cancelled, tr("Cancelled."));
    if (!unreadable.isEmpty())
        return failure(ErrorCode::Io, tr("%1 cannot be read: %2.").arg(from, unreadable));
    if (named == EEXIST)
        return haveSameContent(from, to, progress) ? Status() : conflict(from, to);
    return failure(copyError(from, to, failed != 0 ? failed : named));
}

bool haveSameContent(const QString &a, const QString &b, const Progress *progress)
{
    // Ordinary files only: opening a pipe would wait for its other end.
    const QFileInfo first(a);
    const QFileInfo second(b);
    if (!first.isFile() || !second.isFile() || first.size() != second.size())
        return false;
    QFile ours(a);
    QFile theirs(b);
    if (!ours.open(QIODevice::ReadOnly) || !theirs.open(QIODevice::ReadOnly))
        return false;
    while (true) {
        if (progress && progress->cancelled)
            return false;
        const QByteArray mine = ours.read(chunk);
        if (mine != theirs.read(chunk) || ours.error() != QFile::NoError || theirs.error() != QFile::NoError)
            return false;
        if (mine.isEmpty())
            return true;
    }
}

} // namespace lifeguard
