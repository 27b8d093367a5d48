// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/stalefolders.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Seconds after which a folder without a lock file is left over: its worker was killed while it created the folder.
constexpr int creationTime = 60;

void removeStaleFolders(const QString &name)
{
    const QFileInfoList found = QDir(QDir::tempPath())
                                    .entryInfoList({name + QStringLiteral("-??????")}, QDir::Dirs | QDir::NoSymLinks);
    for (const QFileInfo &info : found) {
        if (info.ownerId() != geteuid())
            continue;
        const int lock = openFolderLock(info.filePath(), 0);
        if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
            QDir(info.filePath()).removeRecursively();
        else if (lock < 0 && info.lastModified().secsTo(QDateTime::currentDateTime()) >= creationTime)
            rmdir(QFile::encodeName(info.filePath()).constData()); // fails unless it is empty
        if (lock >= 0)
            close(lock);
    }
}

} // namespace

int openFolderLock(const QString &folder, int flags)
{
    return open(QFile::encodeName(folder + QStringLiteral("/lock")).constData(),
                flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void removeStaleFolders()
{
    for (const QString &name : {QStringLiteral("lifeguard-plantuml"), QStringLiteral("lifeguard-notebook"),
                                QStringLiteral("lifeguard-drawio")})
        removeStaleFolders(name);
}

} // namespace lifeguard
