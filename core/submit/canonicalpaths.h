// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

namespace lifeguard {

/// Resolves the symbolic links in paths. Each folder that exists is resolved once, because resolving takes a system
/// call for each of its parts, and a plan has thousands of files in few folders. Use one object for a short time only,
/// in which no folder is moved. Not thread-safe.
class CanonicalPaths
{
public:
    /// Returns the canonical path. The last parts of the path need not exist.
    [[nodiscard]] QString of(const QString &path) const;
    /// As of(), and reads the file system each time.
    [[nodiscard]] static QString resolve(const QString &path);

private:
    [[nodiscard]] QString ofFolder(const QString &path) const;

    mutable QHash<QString, QString> m_folders; ///< of folders that exist, by path
};

} // namespace lifeguard
