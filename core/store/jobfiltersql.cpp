// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobfiltersql.h"

#include <optional>

namespace lifeguard {
namespace {

/// Converts the text to a number, which then also matches the ids of jobs. Returns std::nullopt if it is not a number.
std::optional<qint64> numberIn(const QString &text)
{
    bool isNumber = false;
    const qint64 number = text.toLongLong(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

/// Returns a LIKE pattern that matches values that contain the text. The escape character is a backslash.
QString likePattern(QString text)
{
    text.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('%'), QStringLiteral("\\%"));
    return QLatin1Char('%') + text.replace(QLatin1Char('_'), QStringLiteral("\\_")) + QLatin1Char('%');
}

} // namespace

QStringList filterOptions(const JobFilter &filter)
{
    QStringList options;
    if (filter.status)
        options.append(QStringLiteral("status"));
    if (!filter.type.isEmpty())
        options.append(QStringLiteral("type"));
    options.append(filter.text.isEmpty() ? QStringLiteral("no_text") : QStringLiteral("text"));
    if (numberIn(filter.text))
        options.append(QStringLiteral("number"));
    if (filter.submission > 0)
        options.append(QStringLiteral("submission"));
    if (filter.maxId > 0)
        options.append(QStringLiteral("max_id"));
    return options;
}

Values filterValues(const JobFilter &filter)
{
    Values values;
    if (filter.status)
        values.insert(QStringLiteral("status"), toString(*filter.status));
    if (!filter.type.isEmpty())
        values.insert(QStringLiteral("type"), filter.type);
    if (!filter.text.isEmpty())
        values.insert(QStringLiteral("text"), likePattern(filter.text));
    if (const std::optional<qint64> number = numberIn(filter.text))
        values.insert(QStringLiteral("number"), *number);
    if (filter.submission > 0)
        values.insert(QStringLiteral("submission"), filter.submission);
    if (filter.maxId > 0)
        values.insert(QStringLiteral("max_id"), filter.maxId);
    return values;
}

} // namespace lifeguard
