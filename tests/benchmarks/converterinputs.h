// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard::bench {

/// Writes inputs of a usual size to a folder and returns their paths. No two of them are equal.
[[nodiscard]] QStringList writeDiagrams(const QString &folder, int count); ///< PlantUML, about 30 lines each, of 5
                                                                           ///< types
[[nodiscard]] QStringList writeNotebooks(const QString &folder, int count); ///< Python, 5 code cells each
[[nodiscard]] QStringList writeDrawings(const QString &folder, int count); ///< draw.io, 30 shapes each

} // namespace lifeguard::bench
