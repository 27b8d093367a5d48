// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/table.h"

namespace lifeguard::ctl {

QString formatTable(const QStringList &headers, const QList<QStringList> &rows)
{
    QList<qsizetype> widths(headers.size(), 0);
    const auto measure = [&widths](const QStringList &row) {
        for (qsizetype column = 0; column < qMin(row.size(), widths.size()); ++column) {
            widths[column] = qMax(widths.at(column), row.at(column).size());
        }
    };
    measure(headers);
    for (const QStringList &row : rows) {
        measure(row);
    }
    QString text;
    const auto appendRow = [&widths, &text](const QStringList &row) {
        QString line;
        for (qsizetype column = 0; column < row.size(); ++column) {
            line += column + 1 < row.size() ? row.at(column).leftJustified(int(widths.at(column)) + 2) : row.at(column);
        }
        while (line.endsWith(QLatin1Char(' '))) {
            line.chop(1);
        }
        text += line + QLatin1Char('\n');
    };
    appendRow(headers);
    for (const QStringList &row : rows) {
        appendRow(row);
    }
    return text;
}

} // namespace lifeguard::ctl
