// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/notebookinput.h"

#include "core/base/textdecoding.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {
namespace {

constexpr qsizetype maxPreamble = 500; // bytes of "#!" and the encoding, which may precede the header of a script

/// Returns whether the line begins a cell: "%%" followed by a space, a bracket or the end of the line. "# %%bash" is a
/// command for IPython, not the beginning of a cell.
bool beginsCell(QByteArrayView line)
{
    const QByteArrayView trimmed = line.trimmed();
    line = line.first(trimmed.isEmpty() ? 0 : trimmed.end() - line.begin()); // an indented marker is none
    if (line == "# <codecell>" || (line.startsWith("# In[") && (line.endsWith(']') || line.endsWith("]:"))))
        return true; // written by nbconvert
    if (!line.startsWith('#'))
        return false;
    line = line.sliced(1);
    if (line.startsWith(' ') || line.startsWith('\t'))
        line = line.sliced(1);
    if (!line.startsWith("%%"))
        return false;
    while (line.startsWith('%'))
        line = line.sliced(1);
    return line.isEmpty() || line.front() == ' ' || line.front() == '\t' || line.front() == '[';
}

/// Returns whether the text begins with the header of jupytext, "# ---" to "# ---", and this header names a format.
bool namesFormat(QByteArrayView text)
{
    const qsizetype begin = text.indexOf("# ---");
    if (begin < 0 || begin > maxPreamble || (begin > 0 && text.at(begin - 1) != '\n'))
        return false;
    const qsizetype end = text.indexOf("\n# ---", begin);
    return end > 0 && text.sliced(begin, end - begin).contains("format_name:");
}

} // namespace

bool isNotebookScript(const QByteArray &text)
{
    // A text that is not UTF-8 may contain zero bytes between its letters.
    const QByteArray decoded = encodingOf(text) == TextEncoding::Utf8 ? text : decodeText(text).toUtf8();
    QByteArrayView rest(decoded);
    if (rest.startsWith("\xef\xbb\xbf"))
        rest = rest.sliced(3);
    if (namesFormat(rest))
        return true;
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
    const QJsonObject metadata =
        QJsonDocument::fromJson(decodeText(text).toUtf8()).object().value(QLatin1String("metadata")).toObject();
    QString language =
        metadata.value(QLatin1String("kernelspec")).toObject().value(QLatin1String("language")).toString().toLower();
    if (language.isEmpty())
        language =
            metadata.value(QLatin1String("language_info")).toObject().value(QLatin1String("name")).toString().toLower();
    if (language.startsWith(QLatin1String("c++")))
        return QStringLiteral("cpp");
    if (language == QLatin1String("c#"))
        return QStringLiteral("csharp");
    return language.isEmpty() || language == QLatin1String("ipython") ? python : language;
}

} // namespace lifeguard
