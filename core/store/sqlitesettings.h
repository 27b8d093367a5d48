// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Sets how SQLite and the C library manage memory in this process. To be called before the first connection is opened;
/// later calls do nothing. Any thread.
void configureSqlite();

} // namespace lifeguard
