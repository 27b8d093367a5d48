// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/fileidentity.h"

#include <QFile>

#include <cerrno>

#include <sys/stat.h>

namespace lifeguard {

FileIdentity FileIdentity::of(const QString &path)
{
    struct stat info = {};
    if (stat(QFile::encodeName(path).constData(), &info) == 0)
        return {State::Known, static_cast<quint64>(info.st_dev), static_cast<quint64>(info.st_ino)};
    const bool isMissing = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
    return {isMissing ? State::Missing : State::Unknown, 0, 0};
}

QString FileIdentity::toString() const
{
    return state == State::Known ? QStringLiteral("%1:%2").arg(device).arg(inode) : QString();
}

std::optional<FileIdentity> FileIdentity::fromString(const QString &text)
{
    bool hasDevice = false;
    bool hasInode = false;
    const FileIdentity file{State::Known, text.section(u':', 0, 0).toULongLong(&hasDevice),
                            text.section(u':', 1).toULongLong(&hasInode)};
    return hasDevice && hasInode ? std::optional(file) : std::nullopt;
}

} // namespace lifeguard
