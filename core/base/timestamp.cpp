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
    // Qt parses "2026-01-02T03:04:05[.fraction]" with any number of digits, and a time zone, which Python may have
    // written.
    QString iso = text.trimmed();
    if (iso.size() > 10 && iso.at(10) == QLatin1Char(' '))
        iso[10] = QLatin1Char('T');
    const QDateTime time = QDateTime::fromString(iso, Qt::ISODateWithMs);
    // A time without a zone is UTC. It is not converted from local time, because the local time may not exist: the
    // change to summer time skips an hour.
    if (time.timeSpec() == Qt::LocalTime)
        return time.date().isValid() && time.time().isValid() ? QDateTime(time.date(), time.time(), Qt::UTC)
                                                              : QDateTime();
    return time.isValid() ? time.toUTC() : QDateTime();
}

} // namespace lifeguard
