// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/timestamp.h"

namespace lifeguard {

QString toSqlTime(const QDateTime &time)
{
    return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")) : QString();
}

QDateTime fromSqlTime(const QString &text)
{
    if (text.isEmpty())
        return {};
    // Qt reads "2026-01-02T03:04:05[.fraction]" of any number of digits; a zone, where Python wrote one, is kept.
    QString iso = text.trimmed();
    if (iso.size() > 10 && iso.at(10) == QLatin1Char(' '))
        iso[10] = QLatin1Char('T');
    const QDateTime time = QDateTime::fromString(iso, Qt::ISODateWithMs);
    // Date and clock time as they stand there, not as a local time: it may be one that this place skips in spring.
    if (time.timeSpec() == Qt::LocalTime)
        return time.date().isValid() && time.time().isValid() ? QDateTime(time.date(), time.time(), Qt::UTC) : QDateTime();
    return time.isValid() ? time.toUTC() : QDateTime();
}

} // namespace lifeguard
