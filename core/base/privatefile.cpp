// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/privatefile.h"

#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns the mode of the file; 0 if it cannot be determined.
mode_t modeOf(const QString &path)
{
    struct stat info = {};
    return stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode : 0;
}

} // namespace

bool createPrivateFile(const QString &path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    const bool isShared = (modeOf(QFileInfo(path).absolutePath()) & S_ISGID) != 0;
    (void)fchmod(file, isShared ? 0660 : 0600); // undoes the umask
    ::close(file);
    return true;
}

bool isOpenToOthers(const QString &path)
{
    if ((modeOf(path) & (S_IROTH | S_IWOTH)) == 0)
        return false;
    QString folder = QFileInfo(path).canonicalFilePath();
    while (folder != QStringLiteral("/") && !folder.isEmpty()) {
        folder = QFileInfo(folder).path();
        if ((modeOf(folder) & S_IXOTH) == 0)
            return false;
    }
    return true;
}

} // namespace lifeguard
