// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Translates paths between the host and a container. The database stores the host's paths; in a container, the workspace is
/// mounted at another path. Works on text only and looks at no files: an absolute link in the workspace that points to one of
/// the host's paths leads nowhere in the container. Without a host workspace, or if both paths are equal, nothing changes.
class HostPaths
{
public:
    /// Both paths are absolute; hostWorkspace may be empty.
    HostPaths(const QString &hostWorkspace, const QString &workspace);

    /// Returns the path in the container of a path on the host. Relative paths and paths outside the workspace, also because
    /// of "..", stay as they are.
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
