// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// `lifeguard-worker --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS…`: runs a worker that is not our own program
/// and sees to it that nothing it started outlives it, or outlives the manager longer than a job may take. TERM and INT
/// go on to the program alone. Answers the program's exit code (127: it could not be started), or dies by the signal the
/// program died by. Needs no QCoreApplication: it waits in poll() and uses next to no memory.
[[nodiscard]] int runGuard(int argc, char **argv);

} // namespace lifeguard
