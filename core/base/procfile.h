// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace lifeguard {

/// Returns the content of a file below /proc; empty if the file cannot be read. Avoids the overhead of QFile: such
/// files are read for every process once a second.
[[nodiscard]] QByteArray readProcFile(const char *path);

/// Returns the pids of all processes that are visible in /proc.
[[nodiscard]] QList<qint64> allPids();

} // namespace lifeguard
