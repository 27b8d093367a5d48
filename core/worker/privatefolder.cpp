// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/privatefolder.h"

#include "core/worker/fileerrors.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PrivateFolder", text);
}

constexpr int minimumAge = 60; // seconds; a folder that was just created may not be locked yet

/// Returns the code for a temporary folder that cannot be used, which is never the fault of a job. number: errno.
ErrorCode codeOf(int number)
{
    const Error error = outputError({}, number);
    return isBlocking(error) ? error.code : ErrorCode::Unreachable;
}

int openLock(const QString &folder, int flags)
{
    return open(QFile::encodeName(folder + QStringLiteral("/lock")).constData(),
                flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/// Removes the folders of this user that killed workers have left behind: those whose lock is not held.
void removeStaleFolders(const QString &name)
{
    const QFileInfoList found = QDir(QDir::tempPath())
                                    .entryInfoList({name + QStringLiteral("-??????")}, QDir::Dirs | QDir::NoSymLinks);
    for (const QFileInfo &info : found) {
        if (info.ownerId() != geteuid() || info.lastModified().secsTo(QDateTime::currentDateTime()) < minimumAge)
            continue;
        const int lock = openLock(info.filePath(), 0);
        if (lock < 0)
            continue;
        if (flock(lock, LOCK_EX | LOCK_NB) == 0)
            QDir(info.filePath()).removeRecursively();
        close(lock);
    }
}

} // namespace

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::create(const QString &name)
{
    removeStaleFolders(name);
    QByteArray path = QFile::encodeName(QDir::tempPath() + u'/' + name + QStringLiteral("-XXXXXX"));
    if (!mkdtemp(path.data())) {
        const int number = errno;
        const QString reason = QString::fromLocal8Bit(std::strerror(number));
        return failure(codeOf(number),
                       tr("A temporary folder cannot be created in %1: %2.").arg(QDir::tempPath(), reason));
    }
    const QString folder = QFile::decodeName(path);
    const int lock = openLock(folder, O_CREAT);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const int number = errno;
        const QString reason = QString::fromLocal8Bit(std::strerror(number));
        if (lock >= 0)
            close(lock);
        QDir(folder).removeRecursively();
        return failure(codeOf(number), tr("The temporary folder %1 cannot be used: %2.").arg(folder, reason));
    }
    return std::unique_ptr<PrivateFolder>(new PrivateFolder(folder, lock));
}

PrivateFolder::~PrivateFolder()
{
    QDir(m_path).removeRecursively();
    close(m_lock);
}

} // namespace lifeguard
