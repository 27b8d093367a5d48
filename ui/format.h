// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>
#include <QString>

/// Values in a short form that is easy to read. Exact values are shown in tooltips.
namespace lifeguard::format {

[[nodiscard]] QString duration(milliseconds time); ///< "3 s", "4 min", "2 h", "5 d"
[[nodiscard]] QString preciseDuration(milliseconds time); ///< like duration(), but "340 ms" and "1.3 s" for short times
[[nodiscard]] QString exactDuration(seconds time); ///< "14 days", "36 hours": a whole number of the largest unit
[[nodiscard]] QString timeAgo(milliseconds age); ///< "3 s ago"
[[nodiscard]] QString timeAgo(const QDateTime &time, const QDateTime &now); ///< "3 s ago"; empty for an invalid time
[[nodiscard]] QString exactTime(const QDateTime &time); ///< local and UTC, for tooltips; empty for an invalid time
[[nodiscard]] QString bytes(qint64 count); ///< "212 MB"
[[nodiscard]] QString percent(double value); ///< "96 %"
[[nodiscard]] QString count(qint64 value); ///< "12,345"
[[nodiscard]] QString jobName(const QString &inputFile, qint64 id); ///< file name, or "job 12" without an input file

/// A throughput of jobs as number and unit, which are shown in different colours.
struct Rate
{
    QString number; ///< "18", "2.5"
    QString unit; ///< "jobs/s", "jobs/min"

    bool operator==(const Rate &) const = default;
};
[[nodiscard]] Rate rate(double jobsPerSecond);

/// Returns the path on one line. Line breaks and control characters, which file names may contain, are replaced by
/// visible signs.
[[nodiscard]] QString displayPath(const QString &path);
/// Returns the text as a sentence: with an upper-case first letter and a full stop, if it has none.
[[nodiscard]] QString sentence(const QString &text);

} // namespace lifeguard::format
