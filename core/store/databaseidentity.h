// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fileidentity.h"
#include "core/base/result.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace lifeguard {

/// How a database differs from the one that was opened.
enum class DatabaseChange {
    None,
    Missing, ///< the file was deleted or moved
    Replaced, ///< the name belongs to another file
    LogReplaced, ///< the write-ahead log was deleted or replaced
    Overwritten, ///< the file is the same, but its content is that of another database or of an earlier time
};

/// Recognises that a database file was deleted, moved, replaced or restored while it is open (docs/protocol.md, rule
/// 12). SQLite does not notice: it goes on writing to a file without a name. The first change that was found is final,
/// even if the file comes back, because the changes that were made in the meantime are lost.
class DatabaseIdentity
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DatabaseIdentity)

public:
    DatabaseIdentity() = default;
    /// Records the files of the opened database. To be called when the connection has read the database, so that the
    /// write-ahead log exists. SQLite keeps that file as long as a connection is open.
    /// file: the file as it was when it was opened; unlike the current one if it was replaced since then.
    /// readOnly: the log must not be renamed (checkFiles()).
    DatabaseIdentity(const QString &path, const FileIdentity &file, bool readOnly);

    /// Compares device and inode of the database and of its write-ahead log with those of the opened files. What cannot
    /// be determined counts as unchanged. NotFound if they differ. If the database was deleted, moved or replaced, its
    /// write-ahead log is renamed to logAside(): SQLite would apply it to the next file with the name of the database.
    [[nodiscard]] Status checkFiles();
    /// Compares the row of lifeguard_database with the one that was read first. uuid: empty if there is no such row.
    /// NotFound if the UUID differs, or if the generation is lower than before.
    [[nodiscard]] Status checkRow(const QString &uuid, qint64 generation);
    /// Returns the name that the write-ahead log gets when its database is gone.
    [[nodiscard]] QString logAside() const;
    /// Returns whether the row was read before.
    [[nodiscard]] bool hasRow() const { return m_uuid.has_value(); }
    /// Returns whether a change was found.
    [[nodiscard]] bool hasChanged() const { return m_change != DatabaseChange::None; }

    /// Compares the files found now with the opened ones.
    [[nodiscard]] static DatabaseChange compare(const FileIdentity &openedFile, const FileIdentity &file,
                                                const FileIdentity &openedLog, const FileIdentity &log);

private:
    [[nodiscard]] Status status() const;
    void setLogAside() const;

    QString m_path;
    FileIdentity m_file;
    FileIdentity m_log;
    bool m_isReadOnly = true;
    std::optional<QString> m_uuid; ///< not set before the first checkRow()
    qint64 m_generation = 0; ///< the highest one that was read
    DatabaseChange m_change = DatabaseChange::None;
};

} // namespace lifeguard
