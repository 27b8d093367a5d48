// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/outputowner.h"

#include "core/base/logging.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace lifeguard {

std::optional<OutputOwner> OutputOwner::fromString(const QString &text)
{
    const QString user = text.section(u':', 0, 0);
    const QString group = text.section(u':', 1);
    bool isUser = false;
    bool isGroup = false;
    const OutputOwner owner{user.toUInt(&isUser), group.toUInt(&isGroup)};
    // The largest number means "unchanged" for chown(2).
    if (!isUser || !isGroup || owner.uid == uid_t(-1) || owner.gid == gid_t(-1))
        return std::nullopt;
    return owner;
}

void OutputOwner::adopt(const QString &path) const
{
    if (lchown(QFile::encodeName(path).constData(), uid, gid) != 0)
        qCDebug(lcWorker).noquote() << path << "keeps its owner:" << std::strerror(errno);
}

} // namespace lifeguard
