// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumlpagenames.h"

#include <QRegularExpression>

namespace lifeguard {

QString PlantUmlPageNames::name(qsizetype page) const
{
    static const QRegularExpression number(QStringLiteral("^(.*)_(\\d{3,})$"));
    const QString suffix = u'.' + format;
    QString base = output;
    if (base.endsWith(suffix, Qt::CaseInsensitive))
        base.chop(suffix.size());
    // Pages that could not be counted in the text must not overwrite the next diagram.
    if (reservedPages > 0 && page >= reservedPages)
        return QStringLiteral("%1-page%2%3").arg(base).arg(page).arg(suffix);
    qsizetype first = 0;
    if (const auto match = number.match(base); isLaterDiagram && match.hasMatch()) {
        base = match.captured(1);
        first = match.captured(2).toInt();
    }
    return QStringLiteral("%1_%2%3").arg(base).arg(first + page, 3, 10, QLatin1Char('0')).arg(suffix);
}

} // namespace lifeguard
