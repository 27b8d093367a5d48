// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <memory>

namespace lifeguard {

/// A temporary copy of a database with its write-ahead log. SQLite creates shared memory beside a WAL file even to read
/// it, so a file in a folder that cannot be written is read from a copy. The copy is removed with this object.
class DatabaseCopy
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DatabaseCopy)

public:
    /// Copies the database into the folder for temporary files.
    [[nodiscard]] static Result<std::unique_ptr<DatabaseCopy>> create(const QString &path);

    [[nodiscard]] QString path() const { return m_path; }

private:
    explicit DatabaseCopy(const QString &fileName) : m_path(m_folder.filePath(fileName)) {}

    QTemporaryDir m_folder;
    QString m_path;
};

} // namespace lifeguard
