// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databaseinspection.h"

#include "core/base/privatefile.h"
#include "core/store/sqliteconnection.h"

#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace lifeguard {
namespace {

Result<DatabaseInfo> inspect(const DatabaseProbe &probe, const LockPolicy &locks)
{
    LockRetry retry(locks);
    for (;;) {
        Result<DatabaseInfo> info = probe.inspect();
        if (info || info.error().code != ErrorCode::Busy || !retry.pause())
            return info;
    }
}

/// Returns whether the file could not be read because SQLite cannot create shared memory beside it.
bool needsCopy(const Error &error, const QString &path, OpenMode mode)
{
    const bool noSharedMemory = error.code == ErrorCode::ReadOnly || error.code == ErrorCode::PermissionDenied;
    return mode == OpenMode::ReadOnly && noSharedMemory && !QFileInfo(QFileInfo(path).absolutePath()).isWritable();
}

} // namespace

Result<DatabaseInspection> DatabaseInspection::of(const QString &path, OpenMode mode, IntegrityCheck check,
                                                  const LockPolicy &locks)
{
    DatabaseInspection inspection;
    Result<DatabaseInfo> found = inspect(DatabaseProbe(path, mode, check), locks);
    if (!found && needsCopy(found.error(), path, mode)) {
        Result<std::unique_ptr<DatabaseCopy>> made = DatabaseCopy::create(path);
        if (!made)
            return failure(made.error());
        inspection.copy = std::move(*made);
        found = inspect(DatabaseProbe(inspection.copy->path(), mode, check), locks);
    }
    if (!found)
        return failure(withLockHolders(found.error(), path));
    inspection.info = *found;
    if (inspection.copy)
        inspection.info.notice = tr("The folder of %1 is not writable, so a copy made at the time of opening is shown.")
                                     .arg(path);
    return inspection;
}

QStringList DatabaseInspection::warnings(const QString &path)
{
    QStringList warnings;
    struct stat file = {};
    if (stat(QFile::encodeName(path).constData(), &file) == 0 && file.st_nlink > 1) {
        warnings.append(tr("%1 has a hard link: the same file has %n names. Programs that use another name do not see "
                           "its write-ahead log, and jobs are lost. Use only this name while programs run.",
                           nullptr, int(file.st_nlink))
                            .arg(path));
    }
    if (isOpenToOthers(path)) {
        warnings.append(tr("%1 can be read by all users of this machine. They can also block its writers. To prevent "
                           "this: chmod o-rwx %1")
                            .arg(path));
    }
    return warnings;
}

} // namespace lifeguard
