// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/submit/planpaths.h"

#include <functional>

namespace lifeguard {

/// Finds all files in the files and folders that a user names. Searches folders recursively, except hidden ones and
/// output folders, and does not follow links to folders, because they may form a loop. Do not use it on the GUI thread.
class InputScanner
{
public:
    /// Called for each file. named: the file or folder that the user named and in which the file was found.
    using FileFound = std::function<void(const QString &path, const QString &named)>;
    /// Called for each file or folder that is left out.
    using PathSkipped = std::function<void(const QString &path, const QString &reason)>;

    /// paths must outlive this object; progress may be null.
    InputScanner(const PlanPaths &paths, Progress *progress, FileFound fileFound, PathSkipped pathSkipped);

    /// Searches a file or folder in alphabetical order. Stops early if the progress is cancelled.
    void scan(const QString &path) const;

private:
    void scanFolder(const QString &folder, const QString &named) const;
    [[nodiscard]] bool isCancelled() const { return m_progress && m_progress->cancelled; }

    const PlanPaths &m_paths;
    Progress *const m_progress;
    const FileFound m_fileFound;
    const PathSkipped m_pathSkipped;
};

} // namespace lifeguard
