// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databaseidentity.h"

#include <QFile>

#include <algorithm>
#include <cstdio>

#include <fcntl.h>

namespace lifeguard {

DatabaseIdentity::DatabaseIdentity(const QString &path, const FileIdentity &file, bool readOnly)
    : m_path(path)
    , m_file(file.state == FileIdentity::State::Known ? file : FileIdentity::of(path))
    , m_log(FileIdentity::of(path + QStringLiteral("-wal")))
    , m_isReadOnly(readOnly)
{
}

DatabaseChange DatabaseIdentity::compare(const FileIdentity &openedFile, const FileIdentity &file,
                                         const FileIdentity &openedLog, const FileIdentity &log)
{
    using State = FileIdentity::State;
    if (openedFile.state == State::Known && file.state == State::Missing)
        return DatabaseChange::Missing;
    if (openedFile.state == State::Known && file.state == State::Known && file != openedFile)
        return DatabaseChange::Replaced;
    // A log that did not exist at the time of opening may be created at any time.
    if (openedLog.state == State::Known && log.state != State::Unknown && log != openedLog)
        return DatabaseChange::LogReplaced;
    return DatabaseChange::None;
}

Status DatabaseIdentity::checkFiles()
{
    if (!hasChanged() && !m_path.isEmpty()) {
        m_change = compare(m_file, FileIdentity::of(m_path), m_log, FileIdentity::of(m_path + QStringLiteral("-wal")));
        if (m_change == DatabaseChange::Missing || m_change == DatabaseChange::Replaced)
            setLogAside();
    }
    return status();
}

QString DatabaseIdentity::logAside() const
{
    return QStringLiteral("%1-wal.%2").arg(m_path, QString::number(m_log.inode));
}

void DatabaseIdentity::setLogAside() const
{
    const QString log = m_path + QStringLiteral("-wal");
    if (m_isReadOnly || m_log.state != FileIdentity::State::Known || FileIdentity::of(log) != m_log)
        return;
    // All programs with this database try to rename the file. The new name exists as soon as the first one has
    // succeeded, so no program renames the log of the next database.
    const auto rename = [](const QString &from, const QString &to) {
        return renameat2(AT_FDCWD, QFile::encodeName(from).constData(), AT_FDCWD, QFile::encodeName(to).constData(),
                         RENAME_NOREPLACE)
            == 0;
    };
    const QString sharedMemory = QStringLiteral("-shm");
    if (rename(log, logAside()))
        rename(m_path + sharedMemory, logAside() + sharedMemory);
}

Status DatabaseIdentity::checkRow(const QString &uuid, qint64 generation)
{
    if (!hasChanged() && m_uuid && (uuid != *m_uuid || generation < m_generation))
        m_change = DatabaseChange::Overwritten;
    if (!m_uuid)
        m_uuid = uuid;
    m_generation = std::max(m_generation, generation);
    return status();
}

Status DatabaseIdentity::status() const
{
    if (!hasChanged())
        return {};
    const QString log = QFile::exists(logAside()) ? logAside() : m_path + QStringLiteral("-wal");
    switch (m_change) {
    case DatabaseChange::None:
        return {};
    case DatabaseChange::Missing:
        return failure(ErrorCode::NotFound,
                       tr("%1 was deleted or moved while it was open. Lifeguard has stopped writing to it. Its latest "
                          "changes may be only in its write-ahead log, %2. Put both files back, or restore a backup, "
                          "and open the database again.")
                           .arg(m_path, log));
    case DatabaseChange::Replaced:
        return failure(ErrorCode::NotFound,
                       tr("%1 was replaced by another file while it was open. Lifeguard has stopped writing to it. The "
                          "latest changes of the previous file may be only in its write-ahead log, %2. Open the "
                          "database again to use the new file.")
                           .arg(m_path, log));
    case DatabaseChange::LogReplaced:
        return failure(ErrorCode::NotFound, tr("The write-ahead log %1-wal was deleted or replaced while the database "
                                               "was open. Lifeguard has stopped writing to it. Open the file again.")
                                                .arg(m_path));
    case DatabaseChange::Overwritten:
        return failure(ErrorCode::NotFound, tr("The content of %1 was replaced while the file was open, for example by "
                                               "a backup. Lifeguard has stopped writing to it. Open the file again.")
                                                .arg(m_path));
    }
    Q_UNREACHABLE();
}

} // namespace lifeguard
