// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dashboard/runtimefolder.h"

#include <QDir>
#include <QFile>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns whether the path is a folder, not a link, that only this user can enter. Qt requires the same.
bool isPrivateFolder(const QByteArray &path)
{
    struct stat found = {};
    return ::lstat(path.constData(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid()
        && (found.st_mode & 0777) == 0700;
}

QByteArray temporaryRuntimeFolder()
{
    const passwd *user = ::getpwuid(::geteuid());
    const QString name = user ? QString::fromLocal8Bit(user->pw_name) : QString::number(::geteuid());
    return QFile::encodeName(QDir::tempPath() + QStringLiteral("/runtime-") + name);
}

} // namespace

void ensureRuntimeFolder()
{
    if (!qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR")) {
        return;
    }
    const QByteArray session = "/run/user/" + QByteArray::number(::geteuid());
    const QByteArray temporary = temporaryRuntimeFolder();
    if (isPrivateFolder(session)) {
        qputenv("XDG_RUNTIME_DIR", session);
    } else if (::mkdir(temporary.constData(), 0700) == 0 || isPrivateFolder(temporary)) {
        qputenv("XDG_RUNTIME_DIR", temporary);
    }
}

} // namespace lifeguard
