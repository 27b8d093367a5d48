// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Copies a file to a path that does not exist yet, and creates the missing folders. The copy appears complete or not
/// at all, and never replaces another file: if a file with the same content exists at that path, the call succeeds,
/// otherwise it returns an error that names the file. Adds the bytes copied to progress->done. Blocks; not for the GUI
/// thread.
[[nodiscard]] Status copyToNew(const QString &from, const QString &to, Progress *progress = nullptr);

/// Returns whether both paths are regular files with the same content; false if one of them cannot be read, or on
/// cancellation. Blocks.
[[nodiscard]] bool haveSameContent(const QString &a, const QString &b, const Progress *progress = nullptr);

} // namespace lifeguard
