// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace lifeguard {

/// Returns the content of a file below /proc; empty if the file cannot be read. Avoids the overhead of QFile: such
/// files are read for every process once a second.
[[nodiscard]] QByteArray readProcFile(const char *path);

/// Returns the pids of all processes that are visible in /proc.
[[nodiscard]] QList<qint64> allPids();
/// Returns how often this process has called allPids(), for tests: a scan of /proc is expensive.
[[nodiscard]] quint64 procScanCount();

/// Returns the children of a process that have not been waited for, without a scan of /proc; nothing if the kernel does
/// not list them (CONFIG_PROC_CHILDREN), or the process has ended. Children that are forked or end in the meantime may
/// be missing.
[[nodiscard]] std::optional<QList<qint64>> listedChildren(qint64 pid);

} // namespace lifeguard
