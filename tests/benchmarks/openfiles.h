// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard::bench {

/// Raises the soft limit of open files of this process to the hard limit: a process holds some files for each worker
/// that it starts.
void raiseOpenFiles();

} // namespace lifeguard::bench
