// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard::ctl {

/// The exit codes of lifeguardctl. Scripts rely on these numbers.
enum class ExitCode {
    Success = 0,
    JobFailed = 1, ///< a job failed while the command was running, or can never run; or a manager did not carry out a
                   ///< command
    Usage = 2, ///< wrong arguments, configuration or input
    Database = 3,
    Timeout = 4,
    OutputClosed = 5, ///< the program that read the output has ended, and the workers were stopped
    Interrupted = 130, ///< Ctrl+C ended a command that waits for something
};

} // namespace lifeguard::ctl
