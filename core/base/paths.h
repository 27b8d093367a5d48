// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// $XDG_STATE_HOME/lifeguard (~/.local/state/lifeguard): logs and beat files, kept over a restart.
[[nodiscard]] QString stateFolder();

/// A program of ours: beside this one, else in PATH; empty if it is nowhere.
[[nodiscard]] QString siblingProgram(const QString &name);

/// Makes the folder (0700) with its parents.
[[nodiscard]] Status makeFolder(const QString &path);

/// The last lines of a file, reading at most its last 16 KiB.
[[nodiscard]] QStringList lastLines(const QString &path, int count);

/// Whether path lies in folder, after links are resolved (what does not exist yet is judged by its nearest existing parent).
[[nodiscard]] bool isInside(const QString &path, const QString &folder);

} // namespace lifeguard
