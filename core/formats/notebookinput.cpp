// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/notebookinput.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {
namespace {

/// Returns whether the line begins a cell: "%%" followed by a space, a bracket or the end of the line. "# %%bash" is a command for
/// IPython, not the beginning of a cell.
bool beginsCell(QByteArrayView line)
{
    if (!line.startsWith('#'))
        return false;
    line = line.sliced(1);
    if (line.startsWith(' ') || line.startsWith('\t'))
        line = line.sliced(1);
    if (!line.startsWith("%%"))
        return false;
    while (line.startsWith('%'))
        line = line.sliced(1);
    return line.isEmpty() || line.front() == ' ' || line.front() == '\t' || line.front() == '\r' || line.front() == '[';
}

} // namespace

bool hasPercentCells(const QByteArray &text)
{
    QByteArrayView rest(text);
    if (rest.startsWith("\xef\xbb\xbf"))
        rest = rest.sliced(3);
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf('\n');
        if (beginsCell(end < 0 ? rest : rest.first(end)))
            return true;
        if (end < 0)
            break;
        rest = rest.sliced(end + 1);
    }
    return false;
}

QString notebookLanguage(const QByteArray &text, const QString &fileName)
{
    const QString python = QStringLiteral("python");
    if (!fileName.endsWith(QLatin1String(".ipynb"), Qt::CaseInsensitive))
        return python;
    const QJsonObject metadata = QJsonDocument::fromJson(text).object().value(QLatin1String("metadata")).toObject();
    QString language = metadata.value(QLatin1String("kernelspec")).toObject().value(QLatin1String("language")).toString().toLower();
    if (language.isEmpty())
        language = metadata.value(QLatin1String("language_info")).toObject().value(QLatin1String("name")).toString().toLower();
    if (language.startsWith(QLatin1String("c++")))
        return QStringLiteral("cpp");
    if (language == QLatin1String("c#"))
        return QStringLiteral("csharp");
    return language.isEmpty() || language == QLatin1String("ipython") ? python : language;
}

} // namespace lifeguard
