// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard::test {

/// What a test starts as a worker to use something up; a test's main() calls this first. If the first argument names one of
/// these it is run and does not come back:
/// --eat MB, --eat-in CGROUP MB (enters that cgroup first), --child-eats MB CODE (a child eats; then it exits so),
/// --burn (two processes without end), --burn-children FILE (waits for FILE, then a child burns 400 ms of CPU and ends),
/// --limits (prints its open files limit), --share MB (it and three children share that), --escape FILE (leaves a process
/// without a tag in a session of its own behind that writes its pid there; then waits), --wait.
void runLimitProgram(int argc, char **argv);

} // namespace lifeguard::test
