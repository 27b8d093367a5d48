// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Runs `lifeguard-worker --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS…`: starts a foreign worker program, and
/// ends everything it has started when the program ends. If the manager ends first, the program gets TERM, and is killed
/// after the longest time that a job may take and the grace period. TERM and INT are forwarded to the program alone. Returns
/// the program's exit code (127 if it could not be started), or dies of the signal that the program died of. Needs no
/// QCoreApplication: it waits in poll() and uses little memory.
[[nodiscard]] int runGuard(int argc, char **argv);

} // namespace lifeguard
