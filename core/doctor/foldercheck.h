// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/finding.h"

namespace lifeguard {

/// What is known about a folder that Lifeguard writes to.
struct FolderFacts
{
    QString path; ///< absolute
    bool exists = false;
    bool isFolder = false;
    bool isWritable = false; ///< a file was created in it and removed again; or, if it does not exist, in its nearest
                             ///< existing parent
    qint64 freeBytes = -1; ///< for this user; -1: unknown
    qint64 freeFiles = -1; ///< inodes; -1: unknown or unlimited
    QString networkFileSystem; ///< its kind; empty for a local one

    bool operator==(const FolderFacts &) const = default;
};

/// Collects the facts. Creates a temporary file. Blocks while the file system does not respond.
[[nodiscard]] FolderFacts readFolderFacts(const QString &path);
/// Returns the findings about a folder. name: what the folder is for, "the workspace".
[[nodiscard]] QList<Finding> folderFindings(const QString &name, const FolderFacts &facts);

} // namespace lifeguard
