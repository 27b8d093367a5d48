// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerlogs.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lifeguard {

void WorkerLogs::removeOld(const QString &folder)
{
    const QDateTime limit = QDateTime::currentDateTimeUtc().addDays(-retentionDays);
    for (const QFileInfo &file : QDir(folder).entryInfoList({QStringLiteral("*.log")}, QDir::Files)) {
        if (file.lastModified() < limit)
            QFile::remove(file.absoluteFilePath());
    }
}

void WorkerLogs::limitSize(const QString &path)
{
    if (QFileInfo(path).size() > maxSize)
        QFile::resize(path, 0);
}

} // namespace lifeguard
