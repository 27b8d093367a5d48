// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/logformat.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace lifeguard {
namespace {

std::atomic<LogFormat> g_format{LogFormat::Text};

struct Level
{
    const char *name;
    int priority; ///< of syslog
};

Level levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return {"debug", 7};
    case QtInfoMsg:
        return {"info", 6};
    case QtWarningMsg:
        return {"warning", 4};
    case QtCriticalMsg:
        return {"error", 3};
    case QtFatalMsg:
        return {"fatal", 2};
    }
    return {"error", 3};
}

void writeMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray lines = formatLogMessage(g_format, type, context.category, message,
                                              QDateTime::currentDateTimeUtc());
    std::fwrite(lines.constData(), 1, std::size_t(lines.size()), stderr);
    std::fflush(stderr);
    if (type == QtFatalMsg)
        std::abort();
}

} // namespace

std::optional<LogFormat> logFormatFromString(const QString &name)
{
    if (name == QLatin1String("text"))
        return LogFormat::Text;
    if (name == QLatin1String("json"))
        return LogFormat::Json;
    if (name == QLatin1String("journald"))
        return LogFormat::Journald;
    return {};
}

QByteArray formatLogMessage(LogFormat format, QtMsgType type, const char *category, const QString &message,
                            const QDateTime &time)
{
    const Level level = levelOf(type);
    const QByteArray name(category ? category : "default");
    switch (format) {
    case LogFormat::Text:
        break;
    case LogFormat::Json:
        return QJsonDocument(QJsonObject{{QStringLiteral("time"), time.toString(Qt::ISODateWithMs)},
                                         {QStringLiteral("level"), QLatin1String(level.name)},
                                         {QStringLiteral("category"), QString::fromUtf8(name)},
                                         {QStringLiteral("message"), message}})
                   .toJson(QJsonDocument::Compact)
             + '\n';
    case LogFormat::Journald: {
        QByteArray lines;
        for (const QByteArray &line : message.toUtf8().split('\n')) {
            if (!line.isEmpty())
                lines += '<' + QByteArray::number(level.priority) + '>' + name + ": " + line + '\n';
        }
        return lines;
    }
    }
    return time.toString(Qt::ISODateWithMs).toUtf8() + ' ' + level.name + ' ' + name + ": " + message.toUtf8() + '\n';
}

void installLogFormat(LogFormat format)
{
    g_format = format;
    qInstallMessageHandler(writeMessage);
}

} // namespace lifeguard
