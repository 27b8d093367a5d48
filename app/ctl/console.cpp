// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/console.h"

#include "core/base/terminaltext.h"

#include <QJsonDocument>

#include <cerrno>
#include <cstdio>

namespace lifeguard::ctl {

namespace {

bool g_isOutputClosed = false;

void write(std::FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stream);
    if (std::fflush(stream) != 0 && errno == EPIPE && stream == stdout) {
        g_isOutputClosed = true;
    }
}

QString withLineBreak(const QString &text)
{
    return text.endsWith(QLatin1Char('\n')) ? text : QString(text + QLatin1Char('\n'));
}

} // namespace

bool isOutputClosed()
{
    return g_isOutputClosed;
}

void printText(const QString &text)
{
    write(stdout, withLineBreak(terminalLines(text)));
}

void printLine(const QString &text)
{
    write(stdout, withLineBreak(text));
}

void printJson(const QJsonArray &rows)
{
    write(stdout, QString::fromUtf8(QJsonDocument(rows).toJson()));
}

void printJson(const QJsonObject &object)
{
    write(stdout, QString::fromUtf8(QJsonDocument(object).toJson()));
}

void printJsonLine(const QJsonObject &object)
{
    write(stdout, QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + QLatin1Char('\n'));
}

void printError(const QString &message)
{
    write(stderr, withLineBreak(QStringLiteral("lifeguardctl: ") + terminalLines(message)));
}

void printNotice(const QString &notice)
{
    const QStringList lines = notice.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        printError(line);
    }
}

void printError(const Error &error)
{
    printError(error.message);
    if (!error.detail.isEmpty() && error.detail != error.message) {
        write(stderr, withLineBreak(terminalLines(error.detail)));
    }
}

} // namespace lifeguard::ctl
