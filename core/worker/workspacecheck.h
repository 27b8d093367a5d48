// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Detects that the workspace, or an output root, has vanished since the start of the worker: its folder is missing, or
/// the file system that was mounted there is not, so that outputs would be written to the empty folder below. A value
/// type; any thread.
class WorkspaceCheck
{
public:
    enum class Kind { Workspace, OutputRoot };

    /// folder: an absolute path. Reads the present state of the folder.
    explicit WorkspaceCheck(QString folder, Kind kind = Kind::Workspace);

    [[nodiscard]] QString folder() const { return m_folder; }
    /// Fails with Unreachable if the folder has vanished. May block on an unreachable network share.
    [[nodiscard]] Status check() const;

private:
    QString m_folder;
    Kind m_kind = Kind::Workspace;
    bool m_isMountPoint = false;
};

} // namespace lifeguard
