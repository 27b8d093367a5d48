// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/canonicalpaths.h"
#include "core/submit/planoptions.h"

namespace lifeguard {

/// The folders of a plan, and the position of other paths relative to them. Reads the file system to resolve symbolic
/// links.
class PlanPaths
{
public:
    explicit PlanPaths(const PlanOptions &options);

    /// Returns the workspace as an absolute, clean path; symbolic links are not resolved.
    [[nodiscard]] const QString &workspace() const { return m_workspace; }
    [[nodiscard]] const QString &outputFolder() const { return m_outputFolder; }
    /// Returns the folder below the workspace to which inputs from outside are copied.
    [[nodiscard]] QString copyFolder() const;

    /// Returns whether the output folder is the workspace or lies below it.
    [[nodiscard]] bool isOutputFolderInWorkspace() const;
    /// Returns whether the folder is the output folder, or the default output folder of the workspace.
    [[nodiscard]] bool isOutputFolder(const QString &folder) const;
    /// Returns whether the path lies below the workspace, with symbolic links resolved. It need not exist.
    [[nodiscard]] bool isInWorkspace(const QString &path) const;
    /// Returns the canonical path. The last parts of the path need not exist.
    [[nodiscard]] QString canonicalPath(const QString &path) const { return m_canonical.of(path); }
    /// Returns the path relative to the workspace. It must lie in the workspace.
    [[nodiscard]] QString relativePath(const QString &path) const;

    /// Returns an absolute, clean path.
    [[nodiscard]] static QString absolutePath(const QString &path);
    /// Returns whether the path lies below the folder; compares text only.
    [[nodiscard]] static bool isBelow(const QString &path, const QString &folder);

private:
    const CanonicalPaths m_canonical;
    const QString m_workspace;
    const QString m_canonicalWorkspace;
    const QString m_outputFolder;
    const QString m_canonicalOutputFolder;
};

} // namespace lifeguard
