// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>
#include <QString>

/// Values as people say them. The exact ones stand in tooltips.
namespace lifeguard::format {

[[nodiscard]] QString duration(milliseconds time); ///< "3 s", "4 min", "2 h", "5 d"
[[nodiscard]] QString precise(milliseconds time); ///< as duration(), but "340 ms" and "1.3 s" where it is short
[[nodiscard]] QString ago(const QDateTime &time, const QDateTime &now); ///< "3 s ago"; empty where invalid
[[nodiscard]] QString exactTime(const QDateTime &time); ///< local and UTC, for tooltips
[[nodiscard]] QString bytes(qint64 count); ///< "212 MB"
[[nodiscard]] QString percent(double value); ///< "96 %"
[[nodiscard]] QString count(qint64 value); ///< "12,345"
[[nodiscard]] QString rate(double perSecond); ///< "18 jobs/s", "2.5 jobs/s", "40 jobs/min"
[[nodiscard]] QString jobName(const QString &inputFile, qint64 id); ///< file name, or "job 12"

[[nodiscard]] QString path(const QString &path); ///< on one line: line breaks and the like in names are made visible

} // namespace lifeguard::format
