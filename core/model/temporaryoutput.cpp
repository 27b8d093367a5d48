// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/temporaryoutput.h"

#include <QByteArray>
#include <QFile>
#include <QFileInfo>

namespace lifeguard {
namespace {

/// Returns the end of a file name with at most this number of bytes. Characters are not cut.
QString endOfName(const QString &name, qsizetype bytes)
{
    QByteArray end = QFile::encodeName(name).right(bytes);
    while (!end.isEmpty() && (static_cast<uchar>(end.front()) & 0xC0) == 0x80)
        end.remove(0, 1);
    return QFile::decodeName(end);
}

} // namespace

QString temporaryOutput(const QString &target, qint64 jobId, int attempt)
{
    // File systems limit the bytes of a name: usually to 255, with eCryptfs to 143.
    constexpr qsizetype longestEnd = 80;
    const QFileInfo info(target);
    return info.path()
         + QStringLiteral("/.lifeguard-%1-%2-%3.tmp")
               .arg(QString::number(jobId), QString::number(attempt), endOfName(info.fileName(), longestEnd));
}

QString temporaryFurtherOutput(const QString &temporary, int number)
{
    return QStringLiteral("%1.%2").arg(temporary, QString::number(number));
}

void removeTemporaryOutputs(const QString &temporary)
{
    QFile::remove(temporary);
    for (int number = 1; QFile::remove(temporaryFurtherOutput(temporary, number)); ++number) {}
}

} // namespace lifeguard
