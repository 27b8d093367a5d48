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
            removeLockedFolder(info.filePath());
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

bool removeLockedFolder(const QString &folder)
{
    const QString lock = QStringLiteral("lock");
    const QFileInfoList entries = QDir(folder).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden
                                                             | QDir::System);
    for (const QFileInfo &entry : entries) {
        if (entry.isDir() && !entry.isSymLink())
            QDir(entry.filePath()).removeRecursively();
        else if (entry.fileName() != lock)
            QFile::remove(entry.filePath());
    }
    if (QDir(folder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System).size() > 1)
        return false; // a process still writes to it
    QFile::remove(folder + u'/' + lock);
    if (rmdir(QFile::encodeName(folder).constData()) == 0)
        return true;
    if (const int file = openFolderLock(folder, O_CREAT); file >= 0) // something was written in between
        close(file);
    return false;
}

void removeStaleFolders()
{
    for (const QString &name : {QStringLiteral("lifeguard-plantuml"), QStringLiteral("lifeguard-notebook"),
                                QStringLiteral("lifeguard-drawio")})
        removeStaleFolders(name);
}

} // namespace lifeguard
