// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Returns $XDG_STATE_HOME/lifeguard (by default ~/.local/state/lifeguard), the folder of logs and beat files, which
/// persist across restarts.
[[nodiscard]] QString stateFolder();

/// Returns the path of another program of Lifeguard: in the folder of this program, else in PATH; empty if it is not
/// found.
[[nodiscard]] QString siblingProgram(const QString &name);

/// Creates the folder with mode 0700, and its parents. Succeeds if it exists already.
[[nodiscard]] Status makeFolder(const QString &path);

/// Returns the absolute path with all links resolved, also for a path that does not exist yet. Returns an empty path
/// for a dangling link.
[[nodiscard]] QString canonicalPath(const QString &path);

/// Returns whether path is folder or lies below it, after links are resolved. A path that does not exist yet is judged
/// by its nearest existing parent.
[[nodiscard]] bool isInside(const QString &path, const QString &folder);

} // namespace lifeguard
