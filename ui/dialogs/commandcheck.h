// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Problems that prevent a pool's workers from running as processes on this machine.
struct CommandCheck
{
    QString missingTools; ///< the tools that the job type needs and how to install them; empty if nothing is missing
    QString commandProblem; ///< why the command cannot be run; empty if it can be

    bool operator==(const CommandCheck &) const = default;
};

/// Checks the tools of the type, or the command if there is one. Relative paths start from the workspace. Reads from
/// the disk, so do not call this function on the GUI thread.
[[nodiscard]] CommandCheck checkCommand(const QString &type, const QStringList &command, const QString &workspace);

/// Returns the command as one line that QProcess::splitCommand() splits into the same words, except for empty ones.
[[nodiscard]] QString quotedCommand(const QStringList &command);

} // namespace lifeguard
