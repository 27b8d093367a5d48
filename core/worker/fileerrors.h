// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

#include <chrono>

namespace lifeguard {

/// The errors of a worker's files. Pure functions, apart from statvfs() in checkFreeSpace(). Any thread.

/// Returns the error for an output that cannot be written. number: errno.
[[nodiscard]] Error outputError(const QString &path, int number);
/// Returns the error for an input that cannot be read. number: errno.
[[nodiscard]] Error inputError(const QString &path, int number);
/// Returns the error for an output whose folder does not respond.
[[nodiscard]] Error unreachableError(const QString &path, std::chrono::seconds limit);

/// Returns whether the error is not the fault of the job: every other job of the type would fail as well, and the same
/// job may succeed later (docs/protocol.md, rule 9). Such a job is returned to the queue, uncounted.
[[nodiscard]] bool isBlocking(const Error &error);

/// Returns DiskFull if the file system of one of the folders has no space left: a tool that failed probably failed
/// because of that. May block on an unreachable network share.
[[nodiscard]] Status checkFreeSpace(const QStringList &folders);

} // namespace lifeguard
