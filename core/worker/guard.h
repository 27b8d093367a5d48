// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Runs `lifeguard-worker --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS…`: starts a foreign worker program,
/// and kills all processes that it has started when the program ends. If the manager ends first, sends TERM to the
/// program, and kills it after the time limit of its job (its own, or else that of the pool) plus the grace period.
/// Forwards TERM and INT to the program itself. If the program is a shell, or ends before its children, its direct
/// children get the signal too, and the guard waits for them, at most for the same time. Returns the program's exit
/// code (127 if it could not be started), or ends by the signal that ended the program. Needs no QCoreApplication: it
/// waits in poll(), uses little memory, and reads the database only in these two cases.
[[nodiscard]] int runGuard(int argc, char **argv);

} // namespace lifeguard
