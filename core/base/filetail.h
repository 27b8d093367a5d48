// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns the last non-empty lines of a file, at most count, oldest first. Reads at most its last 16 KiB and drops an
/// incomplete first line. Returns an empty list if the file cannot be read.
[[nodiscard]] QStringList lastLines(const QString &path, int count);

} // namespace lifeguard
