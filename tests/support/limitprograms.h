// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard::test {

/// Runs a program that uses resources, if the first argument is one of the following options, and does not return. A test that starts itself
/// as a worker calls this function at the beginning of main().
///
/// --eat MB: allocates memory and waits.
/// --eat-in CGROUP MB: enters the cgroup first.
/// --child-eats MB CODE: a child process allocates memory; then the program exits with the code.
/// --burn: two processes use the CPU until they are killed.
/// --burn-children FILE: waits for the file; then a child process uses 400 ms of CPU time and ends.
/// --limits: prints the limit of open files.
/// --share MB: the program and three child processes share memory.
/// --escape FILE: starts a process in a session of its own, with an empty environment, which writes its pid to the file and waits.
/// --wait: waits.
void runLimitProgram(int argc, char **argv);

} // namespace lifeguard::test
