// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/privatefolder.h"

#include "core/base/stalefolders.h"
#include "core/worker/fileerrors.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PrivateFolder", text);
}

constexpr int maxTries = 100; ///< another program may remove a folder before it is locked

/// Returns the code for a temporary folder that cannot be used, which is never the fault of a job. number: errno.
ErrorCode codeOf(int number)
{
    const Error error = outputError({}, number);
    return isBlocking(error) ? error.code : ErrorCode::Unreachable;
}

/// Returns whether the folder with this lock still exists.
bool exists(int lock)
{
    struct stat info = {};
    return fstat(lock, &info) == 0 && info.st_nlink > 0;
}

} // namespace

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::create(const QString &name)
{
    for (int tries = 1;; ++tries) {
        QByteArray path = QFile::encodeName(QDir::tempPath() + u'/' + name + QStringLiteral("-XXXXXX"));
        if (!mkdtemp(path.data())) {
            const int number = errno;
            const QString reason = QString::fromLocal8Bit(std::strerror(number));
            return failure(codeOf(number),
                           tr("A temporary folder cannot be created in %1: %2.").arg(QDir::tempPath(), reason));
        }
        const QString folder = QFile::decodeName(path);
        const int lock = openFolderLock(folder, O_CREAT);
        const bool isLocked = lock >= 0 && flock(lock, LOCK_EX) == 0; // removeStaleFolders() holds it only briefly
        if (isLocked && exists(lock))
            return std::unique_ptr<PrivateFolder>(new PrivateFolder(folder, lock));
        const int number = errno;
        if (lock >= 0)
            close(lock);
        if (isLocked && tries < maxTries)
            continue; // another program removed the folder before it was locked
        QDir(folder).removeRecursively();
        return failure(codeOf(number), tr("The temporary folder %1 cannot be used: %2.")
                                           .arg(folder, QString::fromLocal8Bit(std::strerror(number))));
    }
}

PrivateFolder::~PrivateFolder()
{
    removeLockedFolder(m_path);
    close(m_lock);
}

} // namespace lifeguard
