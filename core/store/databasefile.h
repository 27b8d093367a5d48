// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/databaseidentity.h"
#include "core/store/lockretry.h"

#include <QString>

#include <chrono>

namespace lifeguard {

/// Waits while the write-ahead log belongs to another file, which was deleted or replaced while programs had it open:
/// SQLite would apply that log to this file. Programs of Lifeguard set the log aside (DatabaseIdentity::checkFiles()).
/// path: absolute; the file may be missing. Busy, naming the programs, if they still have it open after the timeout.
[[nodiscard]] Status waitForUsersOfPreviousFile(const QString &path, std::chrono::milliseconds timeout);

/// Opens a connection to an existing file, with its write-ahead log, and returns which file was opened: another program
/// may replace it at any time. Closing the connection does not change the files (keepLogOnClose()) until the caller
/// permits that. The caller must close the connection after a success. NotFound if the file was deleted; other codes:
/// those of openConnection().
[[nodiscard]] Result<FileIdentity> openFile(const QString &connection, const QString &path, bool readOnly,
                                            const LockPolicy &locks);

} // namespace lifeguard
