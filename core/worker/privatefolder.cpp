// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/privatefolder.h"

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

constexpr int youngest = 60; ///< seconds: a folder that has just been made may not be locked yet

int openLock(const QString &folder, int flags)
{
    return open(QFile::encodeName(folder + QStringLiteral("/lock")).constData(), flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/// Removes what workers left that could not do it themselves: folders of ours whose lock nobody holds.
void removeLeft(const QString &name)
{
    const QFileInfoList found = QDir(QDir::tempPath()).entryInfoList({name + QStringLiteral("-??????")}, QDir::Dirs | QDir::NoSymLinks);
    for (const QFileInfo &info : found) {
        if (info.ownerId() != geteuid() || info.lastModified().secsTo(QDateTime::currentDateTime()) < youngest)
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

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::make(const QString &name)
{
    removeLeft(name);
    QByteArray path = QFile::encodeName(QDir::tempPath() + u'/' + name + QStringLiteral("-XXXXXX"));
    if (!mkdtemp(path.data())) {
        return failure(ErrorCode::Io, tr("A folder for temporary files cannot be made in %1: %2.").arg(QDir::tempPath(), QString::fromLocal8Bit(std::strerror(errno))));
    }
    const QString made = QFile::decodeName(path);
    const int lock = openLock(made, O_CREAT);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const QString reason = QString::fromLocal8Bit(std::strerror(errno));
        if (lock >= 0)
            close(lock);
        QDir(made).removeRecursively();
        return failure(ErrorCode::Io, tr("The folder %1 cannot be used: %2.").arg(made, reason));
    }
    return std::unique_ptr<PrivateFolder>(new PrivateFolder(made, lock));
}

PrivateFolder::~PrivateFolder()
{
    QDir(m_path).removeRecursively();
    close(m_lock);
}

} // namespace lifeguard
