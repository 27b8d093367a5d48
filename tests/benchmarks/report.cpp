// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

#include <QJsonDocument>
#include <QStringList>

#include <algorithm>
#include <cstdio>

namespace lifeguard::bench {
namespace {

void writeLine(const QJsonObject &object)
{
    std::fputs(QJsonDocument(object).toJson(QJsonDocument::Compact).append('\n').constData(), stdout);
    std::fflush(stdout);
}

/// Returns the number with three digits, or more if it is large.
QString figure(double number)
{
    const double size = std::abs(number);
    return QString::number(number, 'f', size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

QString targetText(const Row &row)
{
    if (!row.target)
        return QStringLiteral("-");
    return QStringLiteral("%1 %2%3").arg(row.target->bound == Target::Bound::AtMost ? QStringLiteral("<=")
                                                                                    : QStringLiteral(">="),
                                         figure(row.target->number),
                                         row.target->of == Target::Of::Ratio ? QStringLiteral(" x")
                                                                             : QString(u' ' + row.unit));
}

QString verdict(const Row &row)
{
    const std::optional<bool> isMet = row.isMet();
    return !isMet ? QString() : *isMet ? QStringLiteral("met") : QStringLiteral("MISSED");
}

} // namespace

std::optional<double> Row::ratio() const
{
    return limit && limit->value != 0 ? std::optional(value / limit->value) : std::nullopt;
}

std::optional<bool> Row::isMet() const
{
    if (!target)
        return std::nullopt;
    const std::optional<double> figure = target->of == Target::Of::Ratio ? ratio() : value;
    return figure && target->isMetBy(*figure);
}

QJsonObject Row::toJson() const
{
    QJsonObject json{{QStringLiteral("case"), name}, {QStringLiteral("value"), value}, {QStringLiteral("unit"), unit}};
    if (limit) {
        json.insert(QStringLiteral("limit_name"), limit->name);
        json.insert(QStringLiteral("limit"), limit->value);
    }
    if (const std::optional<double> toLimit = ratio())
        json.insert(QStringLiteral("ratio"), *toLimit);
    if (target) {
        json.insert(QStringLiteral("target"), target->number);
        json.insert(QStringLiteral("target_of"),
                    target->of == Target::Of::Ratio ? QStringLiteral("ratio") : QStringLiteral("value"));
        json.insert(QStringLiteral("target_bound"),
                    target->bound == Target::Bound::AtMost ? QStringLiteral("at_most") : QStringLiteral("at_least"));
        json.insert(QStringLiteral("met"), isMet().value_or(false));
    }
    if (!note.isEmpty())
        json.insert(QStringLiteral("note"), note);
    return json;
}

Row Row::fromJson(const QJsonObject &json)
{
    Row row;
    row.name = json.value(QLatin1String("case")).toString();
    row.value = json.value(QLatin1String("value")).toDouble();
    row.unit = json.value(QLatin1String("unit")).toString();
    row.note = json.value(QLatin1String("note")).toString();
    if (json.contains(QLatin1String("limit")))
        row.limit = {json.value(QLatin1String("limit_name")).toString(), json.value(QLatin1String("limit")).toDouble()};
    if (json.contains(QLatin1String("target"))) {
        const bool isOfRatio = json.value(QLatin1String("target_of")).toString() == QLatin1String("ratio");
        const bool isAtMost = json.value(QLatin1String("target_bound")).toString() == QLatin1String("at_most");
        row.target = {isOfRatio ? Target::Of::Ratio : Target::Of::Value,
                      isAtMost ? Target::Bound::AtMost : Target::Bound::AtLeast,
                      json.value(QLatin1String("target")).toDouble()};
    }
    return row;
}

void Report::setting(const QString &name, const QString &value)
{
    writeLine({{QStringLiteral("setting"), name}, {QStringLiteral("value"), value}});
}

void Report::add(const Row &row)
{
    writeLine(row.toJson());
}

void Report::skip(const QString &reason)
{
    writeLine({{QStringLiteral("skipped"), reason}});
}

QStringList tableOf(const QList<Row> &rows)
{
    QList<QStringList> cells{{QStringLiteral("case"), QStringLiteral("measured"), QStringLiteral("limit"),
                              QStringLiteral("ratio"), QStringLiteral("target"), QString()}};
    for (const Row &row : rows) {
        const std::optional<double> ratio = row.ratio();
        cells.append(
            {row.name, figure(row.value) + u' ' + row.unit,
             row.limit ? figure(row.limit->value) + QStringLiteral(" (") + row.limit->name + u')' : QStringLiteral("-"),
             ratio ? QString::number(*ratio, 'f', 2) : QStringLiteral("-"), targetText(row), verdict(row)});
    }
    QList<qsizetype> widths(cells.constFirst().size(), 0);
    for (const QStringList &line : std::as_const(cells)) {
        for (qsizetype i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths.at(i), line.at(i).size());
    }
    QStringList lines;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        QString text;
        for (qsizetype column = 0; column < widths.size(); ++column)
            text += cells.at(i).at(column).leftJustified(widths.at(column) + 2);
        lines.append(QStringLiteral("  ") + text.trimmed());
        if (i > 0 && !rows.at(i - 1).note.isEmpty())
            lines.append(QStringLiteral("      ") + rows.at(i - 1).note);
    }
    return lines;
}

} // namespace lifeguard::bench
