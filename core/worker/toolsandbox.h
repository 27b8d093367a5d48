// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <utility>

namespace lifeguard {

/// What a tool that handles untrusted input may do. Paths that do not exist are ignored.
struct SandboxPermissions
{
    QStringList readable; ///< files and folders, with everything in them, that the tool may read and execute
    QStringList writable; ///< folders in which the tool may also create, change and remove files
    bool network = false; ///< the tool may use the network

    /// Returns the folders and files of the system that programs, their libraries and fonts need, without those of
    /// users, without /tmp, and without the accounts in /etc.
    [[nodiscard]] static QStringList systemPaths();
    bool operator==(const SandboxPermissions &) const = default;
};

/// A sandbox of the kernel for one process and all processes that it starts: Landlock for files, and a seccomp filter
/// for sockets of networks. It needs no privileges, decides by the real path of each file, and cannot be left
/// again. Files that were opened before, such as pipes, remain usable.
class ToolSandbox
{
public:
    ToolSandbox() = default;
    /// Prepares a sandbox. If the kernel has no Landlock (before Linux 5.13, or switched off), files are not
    /// restricted.
    explicit ToolSandbox(const SandboxPermissions &permissions);
    ~ToolSandbox();
    ToolSandbox(ToolSandbox &&other) noexcept { swap(other); }
    ToolSandbox &operator=(ToolSandbox &&other) noexcept
    {
        swap(other);
        return *this;
    }
    Q_DISABLE_COPY(ToolSandbox)

    /// Returns whether this kernel can restrict files.
    [[nodiscard]] static bool restrictsFiles();
    /// Restricts the calling process. Calls only async-signal-safe functions, for use between fork() and exec().
    /// Returns false if the sandbox could not be entered; the tool must not be started then.
    [[nodiscard]] bool enter() const;

private:
    void swap(ToolSandbox &other) noexcept
    {
        std::swap(m_rules, other.m_rules);
        std::swap(m_restrictsFiles, other.m_restrictsFiles);
        std::swap(m_network, other.m_network);
    }

    int m_rules = -1; ///< descriptor of the Landlock rules; -1: there are none
    bool m_restrictsFiles = false; ///< without rules, the sandbox cannot be entered
    bool m_network = true;
};

} // namespace lifeguard
