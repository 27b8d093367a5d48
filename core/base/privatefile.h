// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Creates an empty file that only its owner can read and write (mode 0600), or its group as well if the folder has the
/// setgid bit (mode 0660), whatever the umask is. Does nothing if the file exists already. Returns whether the file was
/// created.
bool createPrivateFile(const QString &path);

/// Returns whether users other than the owner and the group can read or write the file: its mode grants it, and they
/// can enter all folders above it.
[[nodiscard]] bool isOpenToOthers(const QString &path);

} // namespace lifeguard
