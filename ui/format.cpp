// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

namespace lifeguard::format {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::format)
};

} // namespace

QString duration(milliseconds time)
{
    const qint64 total = std::max<qint64>(0, time.count() / 1000);
    if (total < 120) {
        return Text::tr("%1 s").arg(total);
    }
    if (total < 2 * 3600) {
        return Text::tr("%1 min").arg(total / 60);
    }
    if (total < 48 * 3600) {
        return Text::tr("%1 h").arg(total / 3600);
    }
    return Text::tr("%1 d").arg(total / 86400);
}

QString preciseDuration(milliseconds time)
{
    if (time < seconds(1)) {
        return Text::tr("%1 ms").arg(std::max<qint64>(0, time.count()));
    }
    if (time < seconds(10)) {
        return Text::tr("%1 s").arg(QLocale().toString(double(time.count()) / 1000, 'f', 1));
    }
    return duration(time);
}

QString exactDuration(seconds time)
{
    const qint64 total = time.count();
    if (total % 86400 == 0) {
        return Text::tr("%Ln day(s)", nullptr, int(total / 86400));
    }
    if (total % 3600 == 0) {
        return Text::tr("%Ln hour(s)", nullptr, int(total / 3600));
    }
    if (total % 60 == 0) {
        return Text::tr("%Ln minute(s)", nullptr, int(total / 60));
    }
    return Text::tr("%Ln second(s)", nullptr, int(total));
}

QString timeAgo(milliseconds age)
{
    //: %1 is a duration, such as "3 s"
    return Text::tr("%1 ago").arg(duration(age));
}

QString timeAgo(const QDateTime &time, const QDateTime &now)
{
    return time.isValid() ? timeAgo(milliseconds(time.msecsTo(now))) : QString();
}

QString exactTime(const QDateTime &time)
{
    if (!time.isValid()) {
        return {};
    }
    const QString pattern = QStringLiteral("yyyy-MM-dd HH:mm:ss");
    return Text::tr("%1 local, %2 UTC").arg(time.toLocalTime().toString(pattern), time.toUTC().toString(pattern));
}

QString bytes(qint64 count)
{
    return QLocale().formattedDataSize(count, count < 1'000'000'000 ? 0 : 1, QLocale::DataSizeSIFormat);
}

QString percent(double value)
{
    return Text::tr("%1 %").arg(QLocale().toString(value, 'f', 0));
}

QString count(qint64 value)
{
    return QLocale().toString(value);
}

Rate rate(double jobsPerSecond)
{
    if (jobsPerSecond >= 10.0) {
        return {count(qRound64(jobsPerSecond)), Text::tr("jobs/s")};
    }
    return jobsPerSecond >= 2.0 ? Rate{QLocale().toString(jobsPerSecond, 'f', 1), Text::tr("jobs/s")}
                                : Rate{count(qRound64(jobsPerSecond * 60.0)), Text::tr("jobs/min")};
}

QString jobName(const QString &inputFile, qint64 id)
{
    return inputFile.isEmpty() ? Text::tr("job %1").arg(id) : QFileInfo(inputFile).fileName();
}

QString displayPath(const QString &path)
{
    QString shown = QDir::toNativeSeparators(path);
    for (QChar &c : shown) {
        if (c == QLatin1Char('\n') || c == QLatin1Char('\r')) {
            c = QChar(0x23CE); // RETURN SYMBOL
        } else if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format) {
            c = QChar(0xFFFD); // REPLACEMENT CHARACTER; also for marks that change the writing direction and could
                               // disguise a name
        }
    }
    return shown;
}

QString sentence(const QString &text)
{
    const QString capitalized = text.left(1).toUpper() + text.mid(1);
    const bool isEnded = text.isEmpty() || text.endsWith(QLatin1Char('.')) || text.endsWith(QChar(0x2026));
    return isEnded ? capitalized : capitalized + QLatin1Char('.');
}

} // namespace lifeguard::format
