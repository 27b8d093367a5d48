// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

#include <optional>

namespace lifeguard {

/// The device and the inode of a file, as far as they can be determined.
struct FileIdentity
{
    enum class State {
        Known,
        Missing, ///< no file has this name
        Unknown, ///< the file system does not answer, or denies the request
    };
    State state = State::Unknown;
    quint64 device = 0;
    quint64 inode = 0;

    /// Returns the identity of the file that has this name now. Links are followed.
    [[nodiscard]] static FileIdentity of(const QString &path);
    /// Returns "DEVICE:INODE" of a known file, otherwise an empty text; and the identity in such a text.
    [[nodiscard]] QString toString() const;
    [[nodiscard]] static std::optional<FileIdentity> fromString(const QString &text);
    bool operator==(const FileIdentity &) const = default;
};

} // namespace lifeguard
