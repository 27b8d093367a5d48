// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The workspace has two names where a worker runs in a container: the host's, which stands in the database and in the queue, and the
/// one it is mounted at. Plain text: no file is looked at, so a link that stands in the workspace and leads to one of the host's paths
/// leads nowhere in the container. Without a host's workspace, or where both are one, every path stays as it is.
class HostPaths
{
public:
    /// Both absolute, or the host's empty.
    HostPaths(const QString &hostWorkspace, const QString &workspace);

    /// Where a path of the host's lies here. What lies outside the workspace, also by its "..", stays as it is; as does a relative one.
    [[nodiscard]] QString toLocal(const QString &path) const;
    /// A message as it reads on the host: each path below our workspace in it becomes the host's.
    [[nodiscard]] QString textToHost(const QString &text) const;

    bool operator==(const HostPaths &) const = default;

private:
    [[nodiscard]] bool isIdentity() const { return m_host.isEmpty() || m_host == m_local; }

    QString m_host; ///< clean
    QString m_local; ///< clean
};

} // namespace lifeguard
