// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the name of the kind of network file system with this magic number (statfs(2)); empty for all others. FUSE
/// and 9p count as well: the file can belong to another machine, to which shared memory and locks may not extend.
[[nodiscard]] QString networkFileSystemName(quint64 magic);
/// Returns the name of the network file system that contains the file or folder; empty if it is on a local one, or if
/// this cannot be determined.
[[nodiscard]] QString networkFileSystemOf(const QString &path);

} // namespace lifeguard
