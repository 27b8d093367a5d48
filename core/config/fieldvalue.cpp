// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/fieldvalue.h"

#include "core/config/durationvalue.h"
#include "core/config/sizevalue.h"
#include "core/config/unitvalue.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

namespace lifeguard {
namespace {

constexpr QLatin1String forever("forever");
constexpr qint64 megabyte = 1LL << 20;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::FieldValue", text);
}

template<typename T>
Status assign(const Result<T> &result, T &value)
{
    if (!result)
        return failure(result.error());
    value = *result;
    return {};
}

/// Quotes an argument for QProcess::splitCommand(), which reads three quotes as one.
QString quoted(const QString &argument)
{
    QString text = argument;
    text.replace(u'"', QLatin1String("\"\"\""));
    return u'"' + text + u'"';
}

} // namespace

Status parseValue(const QString &text, QString &value)
{
    value = text;
    return {};
}

Status parseValue(const QString &text, int &value)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber)
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a number. Allowed are whole numbers, for example 4.").arg(text));
    value = number;
    return {};
}

Status parseValue(const QString &text, double &value)
{
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    if (!isNumber || !std::isfinite(number))
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a number. Allowed are numbers such as 2 or 0.5.").arg(text));
    value = number;
    return {};
}

Status parseValue(const QString &text, bool &value)
{
    const bool isYes = text == QLatin1String("yes") || text == QLatin1String("true");
    if (!isYes && text != QLatin1String("no") && text != QLatin1String("false"))
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is neither yes nor no. Allowed are yes, no, true and false.").arg(text));
    value = isYes;
    return {};
}

Status parseValue(const QString &text, seconds &value)
{
    return assign(parseDuration(text), value);
}

Status parseValue(const QString &text, std::optional<seconds> &value)
{
    if (text == forever) {
        value.reset();
        return {};
    }
    const Result<seconds> duration = parseDuration(text);
    if (!duration)
        return alsoAllowing(failure(duration.error()), forever);
    value = *duration;
    return {};
}

Status parseBytes(const QString &text, qint64 &value)
{
    return assign(parseSize(text), value);
}

Status parseMegabytes(const QString &text, qint64 &value, Spelling spelling)
{
    bool isNumber = false;
    const qint64 number = text.toLongLong(&isNumber);
    if (isNumber && spelling == Spelling::Old) {
        value = number;
        return {};
    }
    const Result<qint64> bytes = parseSize(text);
    if (!bytes)
        return failure(bytes.error());
    if (*bytes % megabyte != 0)
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a whole number of megabytes. Allowed are sizes such as 512M or 2G.").arg(text));
    value = *bytes / megabyte;
    return {};
}

Status alsoAllowing(const Status &error, const QString &word)
{
    return failure(ErrorCode::InvalidArgument, tr("%1 The word '%2' is allowed too.").arg(error.error().message, word));
}

Status notAChoice(const QString &text, const QStringList &choices)
{
    return failure(ErrorCode::InvalidArgument, tr("'%1' is not one of the allowed values. Allowed are %2.")
                                                   .arg(text, choices.join(QStringLiteral(", "))));
}

QString formatValue(const QString &value)
{
    return value;
}

QString formatValue(int value)
{
    return QString::number(value);
}

QString formatValue(double value)
{
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString formatValue(bool value)
{
    return value ? QStringLiteral("yes") : QStringLiteral("no");
}

QString formatValue(seconds value)
{
    return formatDuration(value);
}

QString formatValue(const std::optional<seconds> &value)
{
    return value ? formatDuration(*value) : forever;
}

QString formatMegabytes(qint64 value, Spelling spelling)
{
    // In MB, because the number of bytes of an invalid configuration may exceed 64 bits.
    static constexpr std::array units{ValueUnit{'T', 1LL << 20}, ValueUnit{'G', 1LL << 10}, ValueUnit{'M', 1}};
    if (spelling == Spelling::Old || value == 0)
        return QString::number(value);
    return formatUnitValue(value, units);
}

QString formatArguments(const QStringList &arguments)
{
    QStringList words;
    for (const QString &argument : arguments)
        words.append(quoted(argument));
    return words.join(u' ');
}

} // namespace lifeguard
