// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/table.h"

#include "core/base/terminaltext.h"

namespace lifeguard::ctl {

namespace {

constexpr int maxCellWidth = 200; ///< columns; JSON output contains the whole text

QStringList safeCells(const QStringList &row)
{
    QStringList cells;
    for (const QString &cell : row) {
        cells << terminalRow(cell, maxCellWidth);
    }
    return cells;
}

} // namespace

QString formatTable(const QStringList &headers, const QList<QStringList> &rows)
{
    QList<QStringList> lines{safeCells(headers)};
    for (const QStringList &row : rows) {
        lines << safeCells(row);
    }
    QList<int> widths(headers.size(), 0);
    for (const QStringList &line : std::as_const(lines)) {
        for (qsizetype column = 0; column < qMin(line.size(), widths.size()); ++column) {
            widths[column] = qMax(widths.at(column), displayWidth(line.at(column)));
        }
    }
    QString text;
    for (const QStringList &line : std::as_const(lines)) {
        QString row;
        for (qsizetype column = 0; column < line.size(); ++column) {
            row += line.at(column);
            if (column + 1 < line.size()) {
                row += QString(widths.at(column) + 2 - displayWidth(line.at(column)), QLatin1Char(' '));
            }
        }
        while (row.endsWith(QLatin1Char(' '))) {
            row.chop(1);
        }
        text += row + QLatin1Char('\n');
    }
    return text;
}

} // namespace lifeguard::ctl
