// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqlitesettings.h"

#include <mutex>

#include <malloc.h>
#include <sqlite3.h>

namespace lifeguard {
namespace {

/// The free memory at the end of the heap that is not returned to the kernel. A transaction of SQLite allocates and
/// frees more than glibc's default of 128 KB, so that glibc returned the memory each time and the next transaction got
/// it back page by page. That cost more than all of its work. 256 KB was not enough, 1 MB was.
constexpr int keptFreeBytes = 4 * 1024 * 1024;
/// Larger allocations get a mapping of their own. Setting keptFreeBytes ends glibc's automatic choice.
constexpr int mappedFromBytes = 1024 * 1024;

void configure()
{
    mallopt(M_TRIM_THRESHOLD, keptFreeBytes);
    mallopt(M_MMAP_THRESHOLD, mappedFromBytes);
    // A statement whose triggers change rows keeps a journal of its own. By default it begins with 64 KB, so that it
    // could be moved to a file; without such a file it grows in steps of 1 KB (SQLite, "Configuration Options",
    // SQLITE_CONFIG_STMTJRNL_SPILL). Transactions are limited to 8 MB (transactionsize.h).
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); // counts all allocations under a lock
}

} // namespace

void configureSqlite()
{
    static std::once_flag configured;
    std::call_once(configured, configure);
}

} // namespace lifeguard
