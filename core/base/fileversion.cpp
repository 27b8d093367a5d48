// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/fileversion.h"

#include <QDateTime>
#include <QFileInfo>

namespace lifeguard {

QString fileVersion(const QString &path)
{
    const QFileInfo info(QFileInfo(path).canonicalFilePath());
    return QStringLiteral("%1 %2 %3 %4")
        .arg(path, info.filePath())
        .arg(info.size())
        .arg(info.lastModified().toMSecsSinceEpoch());
}

} // namespace lifeguard
