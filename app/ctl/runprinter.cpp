// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runprinter.h"

#include "app/ctl/output.h"
#include "core/base/timestamp.h"

#include <QDateTime>
#include <QJsonDocument>

namespace lifeguard::ctl {

RunPrinter::RunPrinter(bool json)
    : m_json(json)
{
    if (m_json) {
        printText(QStringLiteral("["));
    }
}

RunPrinter::~RunPrinter()
{
    if (m_json) {
        printText(QStringLiteral("]"));
    }
}

void RunPrinter::print(const QString &kind, const QString &what, const QString &why, const QJsonObject &fields)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (!m_json) {
        QString line = now.toLocalTime().toString(QStringLiteral("HH:mm:ss.zzz  ")) + what;
        if (!why.isEmpty()) {
            line += QStringLiteral(": ") + why;
        }
        printText(line.replace(QLatin1Char('\n'), QLatin1Char(' ')));
        return;
    }
    QJsonObject object = fields;
    object.insert(QStringLiteral("created_at"), toSqlTime(now));
    object.insert(QStringLiteral("kind"), kind);
    object.insert(QStringLiteral("message"), why.isEmpty() ? what : QString(what + QStringLiteral(": ") + why));
    // The comma belongs before each object but the first: the array must be well-formed whenever it is closed.
    printText((m_first ? QString() : QStringLiteral(",")) + QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
    m_first = false;
}

} // namespace lifeguard::ctl
