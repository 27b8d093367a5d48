// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns up to count of the last non-empty lines of a file, oldest first. Reads at most its last 16 KiB; an
/// incomplete first line is dropped. Empty if the file cannot be read.
[[nodiscard]] QStringList lastLines(const QString &path, int count);

} // namespace lifeguard
