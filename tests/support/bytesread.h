// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QRegularExpression>
#include <QString>

namespace lifeguard::test {

/// Returns the number of bytes that a process, by default this one, has read from files, also from the cache of the
/// kernel.
[[nodiscard]] inline qint64 bytesRead(const QString &path = QStringLiteral("/proc/self/io"))
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read the number of bytes");
    const QString text = QString::fromLatin1(file.readAll());
    return QRegularExpression(QStringLiteral("rchar: (\\d+)")).match(text).captured(1).toLongLong();
}

} // namespace lifeguard::test
