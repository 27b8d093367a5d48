// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasebackup.h"

#include "core/base/privatefile.h"
#include "core/store/database.h"

#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Removes the temporary file with what SQLite may have created beside it.
void removeTemporary(const QString &path)
{
    for (const char *suffix : {"", "-journal", "-wal", "-shm"})
        QFile::remove(path + QLatin1String(suffix));
}

bool synchronise(const QString &path)
{
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool isDone = fsync(fd) == 0;
    close(fd);
    return isDone;
}

/// Renames a file; an existing target is replaced only if that is permitted.
bool renameTo(const QString &from, const QString &to, bool mayReplace)
{
    const QByteArray source = QFile::encodeName(from);
    const QByteArray target = QFile::encodeName(to);
    if (mayReplace)
        return rename(source.constData(), target.constData()) == 0;
    if (renameat2(AT_FDCWD, source.constData(), AT_FDCWD, target.constData(), RENAME_NOREPLACE) == 0)
        return true;
    // Some file systems do not support the flag.
    return errno == EINVAL && !QFile::exists(to) && rename(source.constData(), target.constData()) == 0;
}

} // namespace

Status DatabaseBackup::write(Database &database, const QString &path, bool mayReplace)
{
    const QFileInfo target(path);
    if (target.isDir())
        return failure(ErrorCode::InvalidArgument, tr("%1 is a folder. Name a file.").arg(path));
    if (target.exists() && target.canonicalFilePath() == database.info().path)
        return failure(ErrorCode::InvalidArgument, tr("%1 is the database itself. Name another file.").arg(path));
    if (target.exists() && !mayReplace)
        return failure(ErrorCode::InvalidArgument,
                       tr("%1 exists already. Name another file, or use --force to replace it.").arg(path));
    if (QFile::exists(path + QStringLiteral("-wal"))) // SQLite would apply it to the copy
        return failure(ErrorCode::InvalidArgument,
                       tr("%1 is a database that a program is using, or that was not closed (%1-wal exists). Name "
                          "another file.")
                           .arg(path));
    const QString temporary = path + u'.' + QUuid::createUuid().toString(QUuid::Id128).left(8)
                            + QStringLiteral(".part");
    if (!createPrivateFile(temporary))
        return failure(ErrorCode::Io,
                       tr("%1 could not be created. Check that the folder exists and can be written.").arg(temporary));
    Status done = database.copyTo(temporary);
    if (done && !(synchronise(temporary) && renameTo(temporary, path, mayReplace)))
        done = failure(ErrorCode::Io, tr("The backup could not be renamed to %1: %2. Check the folder.")
                                          .arg(path, QString::fromLocal8Bit(std::strerror(errno))));
    if (!done)
        removeTemporary(temporary);
    return done;
}

} // namespace lifeguard
