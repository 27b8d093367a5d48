// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard::test {

/// Makes files of this program behave as on an unreachable network share: while an object exists, calls that open or
/// rename files, create folders, or ask for properties of a file or for free space do not return if the path contains a
/// text. Implemented by functions that replace those of the C library in programs that use this class. One object at a
/// time.
class BlockedFiles
{
public:
    explicit BlockedFiles(const QString &text);
    /// Lets all blocked calls continue.
    ~BlockedFiles();
    Q_DISABLE_COPY_MOVE(BlockedFiles)

    /// Returns whether a call is blocked.
    [[nodiscard]] bool hasBlocked() const;
    /// Returns how many files whose name ends in ".tmp" this program has tried to remove.
    [[nodiscard]] static int removals();
};

} // namespace lifeguard::test
