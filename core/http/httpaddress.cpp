// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpaddress.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace lifeguard {

QString HttpAddress::toString() const
{
    const QString name = host.protocol() == QAbstractSocket::IPv6Protocol
                           ? QString(QLatin1Char('[') + host.toString() + QLatin1Char(']'))
                           : host.toString();
    return name + QLatin1Char(':') + QString::number(port);
}

Result<HttpAddress> parseHttpAddress(const QString &text)
{
    const auto invalid = [&text] {
        return failure(ErrorCode::InvalidArgument,
                       QCoreApplication::translate("HttpAddress",
                                                   "'%1' is not an address for a server. Write ADDRESS:PORT, for "
                                                   "example 127.0.0.1:9464 or [::1]:9464.")
                           .arg(text));
    };
    static const QRegularExpression form(
        QStringLiteral("\\A(?:(?:\\[(?<six>[0-9A-Fa-f:.]+)\\]|(?<host>[^:\\[\\]]*)):)?(?<port>[0-9]{1,5})\\z"));
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return invalid();
    const uint port = match.captured(QStringLiteral("port")).toUInt();
    if (port > 65535)
        return invalid();
    QHostAddress host(QHostAddress::LocalHost);
    const QString six = match.captured(QStringLiteral("six"));
    const QString name = match.captured(QStringLiteral("host"));
    if (!six.isEmpty()) {
        if (!host.setAddress(six) || host.protocol() != QAbstractSocket::IPv6Protocol)
            return invalid();
    } else if (!name.isEmpty() && name != QLatin1String("localhost")) {
        // QHostAddress also accepts short forms such as "1", which nobody means here.
        static const QRegularExpression four(QStringLiteral("\\A[0-9]+(\\.[0-9]+){3}\\z"));
        if (!four.match(name).hasMatch() || !host.setAddress(name))
            return invalid();
    }
    return HttpAddress{host, quint16(port)};
}

} // namespace lifeguard
