// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

namespace lifeguard::format {

namespace {

/// Gives tr() a context without a QObject.
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

QString precise(milliseconds time)
{
    if (time < seconds(1)) {
        return Text::tr("%1 ms").arg(std::max<qint64>(0, time.count()));
    }
    if (time < seconds(10)) {
        return Text::tr("%1 s").arg(QLocale().toString(double(time.count()) / 1000, 'f', 1));
    }
    return duration(time);
}

QString ago(const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid()) {
        return {};
    }
    return Text::tr("%1 ago").arg(duration(milliseconds(time.msecsTo(now))));
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

QString rate(double perSecond)
{
    if (perSecond >= 10.0) {
        return Text::tr("%1 jobs/s").arg(count(qRound64(perSecond)));
    }
    return perSecond >= 2.0 ? Text::tr("%1 jobs/s").arg(QLocale().toString(perSecond, 'f', 1))
                            : Text::tr("%1 jobs/min").arg(count(qRound64(perSecond * 60.0)));
}

QString jobName(const QString &inputFile, qint64 id)
{
    return inputFile.isEmpty() ? Text::tr("job %1").arg(id) : QFileInfo(inputFile).fileName();
}

QString path(const QString &path)
{
    QString shown = QDir::toNativeSeparators(path);
    for (QChar &c : shown) {
        if (c == QLatin1Char('\n') || c == QLatin1Char('\r')) {
            c = QChar(0x23CE); // the return key's sign
        } else if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format) {
            c = QChar(0xFFFD); // also what turns the direction of writing: names must not lie
        }
    }
    return shown;
}

} // namespace lifeguard::format
