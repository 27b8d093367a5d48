// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/fileerrors.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>

#include <sys/statvfs.h>

namespace lifeguard {
namespace {

/// Less free space than this counts as a full disk. File systems keep some blocks for themselves.
constexpr unsigned long long almostNothing = 64ULL * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobFiles", text);
}

/// Returns whether the error number means that a network share or a device does not respond, or is gone.
bool isUnreachable(int number)
{
    switch (number) {
    case ESTALE:
    case ENOTCONN:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ENETRESET:
    case ECONNABORTED:
    case ECONNREFUSED:
    case ECONNRESET:
    case ESHUTDOWN:
    case ETIMEDOUT:
    case ENODEV:
    case ENXIO:
    case ENOLINK:
    case EREMOTEIO:
        return true;
    default:
        return false;
    }
}

bool isOutOfResources(int number)
{
    return number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOBUFS;
}

QString reasonOf(int number)
{
    return QString::fromLocal8Bit(std::strerror(number));
}

} // namespace

Error outputError(const QString &path, int number)
{
    const QString reason = reasonOf(number);
    // An error of the device is not the fault of the job if it concerns an output. (An input may have a bad sector.)
    if (isUnreachable(number) || number == EIO)
        return {ErrorCode::Unreachable,
                tr("The output %1 cannot be written because its disk or network share is not available (%2).")
                    .arg(path, reason),
                reason};
    if (isOutOfResources(number))
        return {ErrorCode::OutOfResources,
                tr("The output %1 cannot be written: %2. Close programs, or raise the limit.").arg(path, reason),
                reason};
    switch (number) {
    case ENOSPC:
        return {ErrorCode::DiskFull,
                tr("The output %1 cannot be written because its disk is full. Free some space.").arg(path), reason};
    case EDQUOT:
        return {ErrorCode::DiskFull,
                tr("The output %1 cannot be written because the disk quota of the user is exceeded. Free some space.")
                    .arg(path),
                reason};
    case EROFS:
        return {ErrorCode::ReadOnly,
                tr("The output %1 cannot be written because its file system is read-only.").arg(path), reason};
    case EACCES:
    case EPERM:
        return {ErrorCode::PermissionDenied,
                tr("You have no permission to write the output %1 (%2).").arg(path, reason), reason};
    default:
        return {ErrorCode::Io, tr("The output %1 cannot be written: %2.").arg(path, reason), reason};
    }
}

Error inputError(const QString &path, int number)
{
    const QString reason = reasonOf(number);
    if (isUnreachable(number))
        return {ErrorCode::Unreachable,
                tr("The input %1 cannot be read because its disk or network share is not available (%2).")
                    .arg(path, reason),
                reason};
    if (isOutOfResources(number))
        return {ErrorCode::OutOfResources,
                tr("The input %1 cannot be read: %2. Close programs, or raise the limit.").arg(path, reason), reason};
    const bool isRefused = number == EACCES || number == EPERM;
    return {isRefused ? ErrorCode::PermissionDenied : ErrorCode::Io,
            tr("The input %1 cannot be read: %2.").arg(path, reason), reason};
}

Error unreachableError(const QString &path, std::chrono::seconds limit)
{
    return {ErrorCode::Unreachable,
            //: %1 is a file, %2 a number of seconds.
            tr("The folder of the output %1 has not responded for %2 s. It may be on a network share that is not "
               "reachable.")
                .arg(path)
                .arg(limit.count()),
            {}};
}

bool isBlocking(const Error &error)
{
    switch (error.code) {
    case ErrorCode::DiskFull:
    case ErrorCode::ReadOnly:
    case ErrorCode::Unreachable:
    case ErrorCode::OutOfResources:
    case ErrorCode::ToolMissing:
        return true;
    default:
        return false;
    }
}

Status checkFreeSpace(const QStringList &folders)
{
    for (const QString &folder : folders) {
        struct statvfs info = {};
        if (statvfs(QFile::encodeName(folder).constData(), &info) != 0 || info.f_blocks == 0)
            continue;
        const bool hasNoInode = info.f_files > 0 && info.f_favail == 0;
        if (info.f_bavail * info.f_frsize >= almostNothing && !hasNoInode)
            continue;
        return failure(ErrorCode::DiskFull, tr("The disk of the folder %1 is full. Free some space.").arg(folder));
    }
    return {};
}

} // namespace lifeguard
