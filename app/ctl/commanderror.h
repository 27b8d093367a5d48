// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exitcode.h"
#include "core/base/result.h"

namespace lifeguard::ctl {

/// The reason for the failure of a command. Command::run() prints it and returns its exit code.
struct CommandError
{
    ExitCode exitCode = ExitCode::Usage;
    Error error;
    bool suggestsHelp = false; ///< the arguments are wrong, so Command::run() also mentions the help page
};

using CommandResult = tl::expected<ExitCode, CommandError>;

/// Returns the failure of a command that was called with wrong arguments.
[[nodiscard]] inline tl::unexpected<CommandError> usageError(const QString &message)
{
    return tl::unexpected<CommandError>(CommandError{ExitCode::Usage, {ErrorCode::InvalidArgument, message, {}}, true});
}

/// Returns the failure of a command whose arguments are well-formed, but name something that does not exist or cannot
/// be used.
[[nodiscard]] inline tl::unexpected<CommandError> inputError(const Error &error)
{
    return tl::unexpected<CommandError>(CommandError{ExitCode::Usage, error, false});
}

/// Returns the failure of a command that could not open, read or write the database.
[[nodiscard]] inline tl::unexpected<CommandError> databaseError(const Error &error)
{
    return tl::unexpected<CommandError>(CommandError{ExitCode::Database, error, false});
}

} // namespace lifeguard::ctl
