// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Translates paths between the host and a container. The database stores the host's paths; in a container, the
/// workspace is mounted at another path. Translates only text and does not access files: an absolute link in the
/// workspace that points to a path of the host is broken in the container. Without a host workspace, or if both paths
/// are equal, paths are not changed.
class HostPaths
{
public:
    /// Both paths are absolute; hostWorkspace may be empty.
    HostPaths(const QString &hostWorkspace, const QString &workspace);

    /// Returns the path in the container that corresponds to a path on the host. Does not change relative paths and
    /// paths outside the workspace, including paths that leave it through "..".
    [[nodiscard]] QString toLocal(const QString &path) const;
    /// Returns a message with the paths below the container's workspace replaced by the host's paths.
    [[nodiscard]] QString textToHost(const QString &text) const;

    bool operator==(const HostPaths &) const = default;

private:
    [[nodiscard]] bool isIdentity() const { return m_host.isEmpty() || m_host == m_local; }

    QString m_host; ///< clean
    QString m_local; ///< clean
};

} // namespace lifeguard
