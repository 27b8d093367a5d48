// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/filetail.h"

#include <QFile>

#include <algorithm>

namespace lifeguard {

QStringList lastLines(const QString &path, int count)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    constexpr qint64 longestTail = 16 * 1024;
    const bool whole = file.size() <= longestTail;
    if (!whole)
        file.seek(file.size() - longestTail);
    QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    if (!whole && lines.size() > 1)
        lines.removeFirst(); // incomplete
    return lines.mid(std::max<qsizetype>(0, lines.size() - count));
}

} // namespace lifeguard
