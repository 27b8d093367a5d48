// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/trustedfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::TrustedFile", text);
}

/// Returns whether the group has no members but the user, as in distributions that give each user a group.
bool isPrivateGroup(gid_t group, uid_t user)
{
    std::array<char, 16384> userBuffer{};
    std::array<char, 16384> groupBuffer{};
    struct passwd userEntry = {};
    struct group groupEntry = {};
    struct passwd *foundUser = nullptr;
    struct group *foundGroup = nullptr;
    if (getpwuid_r(user, &userEntry, userBuffer.data(), userBuffer.size(), &foundUser) != 0 || !foundUser
        || getgrgid_r(group, &groupEntry, groupBuffer.data(), groupBuffer.size(), &foundGroup) != 0 || !foundGroup)
        return false;
    if (foundUser->pw_gid != group || qstrcmp(foundUser->pw_name, foundGroup->gr_name) != 0)
        return false;
    for (char **member = foundGroup->gr_mem; *member; ++member) {
        if (qstrcmp(*member, foundUser->pw_name) != 0)
            return false;
    }
    return true;
}

/// Returns a folder above the file in which everybody can replace files; empty if there is none.
QString replaceableIn(const QString &path)
{
    QString folder = QFileInfo(path).canonicalFilePath();
    while (folder != QStringLiteral("/") && !folder.isEmpty()) {
        folder = QFileInfo(folder).path();
        struct stat info = {};
        if (stat(QFile::encodeName(folder).constData(), &info) == 0 && (info.st_mode & S_IWOTH) != 0
            && (info.st_mode & S_ISVTX) == 0)
            return folder;
    }
    return {};
}

Status checkWriters(const QString &path, const struct stat &info)
{
    const QString privately = tr("Run: chmod go-w '%1'").arg(path);
    if ((info.st_mode & S_IWOTH) != 0)
        return failure(
            ErrorCode::PermissionDenied,
            tr("All users can write the file %1, so its content cannot be trusted. %2").arg(path, privately));
    if ((info.st_mode & S_IWGRP) != 0 && !isPrivateGroup(info.st_gid, info.st_uid))
        return failure(
            ErrorCode::PermissionDenied,
            tr("The group of the file %1 can write it, so its content cannot be trusted. %2").arg(path, privately));
    const uid_t user = geteuid();
    if (user != 0 && info.st_uid != 0 && info.st_uid != user)
        return failure(ErrorCode::PermissionDenied,
                       tr("The file %1 belongs to another user, so its content cannot be trusted. Copy it.").arg(path));
    if (const QString folder = replaceableIn(path); !folder.isEmpty())
        return failure(ErrorCode::PermissionDenied,
                       tr("All users can replace the file %1, because they can write the folder %2. Run: chmod o-w "
                          "'%2'")
                           .arg(path, folder));
    return {};
}

} // namespace

Result<QByteArray> readTrustedFile(const QString &path, qint64 maxBytes)
{
    // O_NONBLOCK: opening a named pipe does not wait for its writer.
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return failure(ErrorCode::NotFound, tr("There is no file %1.").arg(path));
        const ErrorCode code = errno == EACCES ? ErrorCode::PermissionDenied : ErrorCode::Io;
        return failure(code, tr("The file %1 cannot be read: %2").arg(path, qt_error_string(errno)));
    }
    QFile file;
    (void)file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle);
    // The mode of the open file, because the path may lead to another one a moment later.
    struct stat info = {};
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return failure(ErrorCode::InvalidArgument, tr("%1 is not a file.").arg(path));
    if (const Status checked = checkWriters(path, info); !checked)
        return failure(checked.error());
    const QByteArray content = file.read(maxBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(ErrorCode::Io, tr("The file %1 cannot be read: %2").arg(path, file.errorString()));
    if (content.size() > maxBytes)
        return failure(ErrorCode::InvalidArgument,
                       tr("The file %1 is too large. Allowed are at most %2 KB.").arg(path).arg(maxBytes / 1024));
    return content;
}

} // namespace lifeguard
