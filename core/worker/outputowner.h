// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace lifeguard {

/// The user and the group that the outputs of a worker must belong to, if the worker runs as another user: as root in a
/// container (LIFEGUARD_OUTPUT_OWNER).
struct OutputOwner
{
    quint32 uid = 0;
    quint32 gid = 0;

    bool operator==(const OutputOwner &) const = default;

    /// Parses "UID:GID". Returns nothing if the text has another form.
    [[nodiscard]] static std::optional<OutputOwner> fromString(const QString &text);
    /// Gives a file or folder to the owner. Does not follow links. Failures are ignored: without the permission, the
    /// output belongs to the user of the worker, which is better than no output.
    void adopt(const QString &path) const;
};

} // namespace lifeguard
