// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The temporary folders of tools (PrivateFolder) are named NAME-XXXXXX and contain a file named "lock", on which the
/// worker holds a lock as long as it uses the folder.

/// Opens the lock file of such a folder. Returns its descriptor, or -1. flags: O_CREAT or 0.
[[nodiscard]] int openFolderLock(const QString &folder, int flags);

/// Removes such a folder, its lock file last: if this program is killed in between, removeStaleFolders() can still tell
/// that nobody uses the folder. Returns success if it is gone.
bool removeLockedFolder(const QString &folder);

/// Removes the folders of all tools that killed workers of this user have left behind: those whose lock is not held.
/// Any thread. Blocks as long as the removal of the files takes.
void removeStaleFolders();

} // namespace lifeguard
