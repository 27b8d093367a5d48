// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasecopy.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lifeguard {

Result<std::unique_ptr<DatabaseCopy>> DatabaseCopy::create(const QString &path)
{
    std::unique_ptr<DatabaseCopy> copy(new DatabaseCopy(QFileInfo(path).fileName()));
    const QString suffix = QStringLiteral("-wal");
    const bool hasLog = QFile::exists(path + suffix);
    if (!copy->m_folder.isValid() || !QFile::copy(path, copy->m_path)
        || (hasLog && !QFile::copy(path + suffix, copy->m_path + suffix))) {
        return failure(ErrorCode::Io, tr("The folder of %1 cannot be written, and the file could not be copied to %2 "
                                         "to show it. Free some space there, or set TMPDIR "
                                         "to a folder that can be written.")
                                          .arg(path, QDir::tempPath()));
    }
    return copy;
}

} // namespace lifeguard
