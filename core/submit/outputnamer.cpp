// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/outputnamer.h"

#include "core/formats/notebookinput.h"
#include "core/formats/plantumltext.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qsizetype longestPageName = 100; ///< bytes in UTF-8; file systems allow 255 for the whole name

/// Returns the text with all characters replaced that are unsafe in names of files.
QString safeName(QString text)
{
    static const QRegularExpression unsafeCharacters(QStringLiteral("[^\\w.-]+"),
                                                     QRegularExpression::UseUnicodePropertiesOption);
    return text.replace(unsafeCharacters, QStringLiteral("_"));
}

/// Returns the base name of the outputs of a file. draw.io's names have two suffixes, as in "a.drawio.svg".
QString baseName(const QFileInfo &info, const InputClass &input)
{
    const QFileInfo base(info.completeBaseName());
    const bool hasTwo = input.type.name == QLatin1String("drawio") && !base.completeBaseName().isEmpty()
                     && input.type.inputSuffixes.contains(base.suffix().toLower());
    return hasTwo ? base.completeBaseName() : base.fileName();
}

/// Returns a mark for each page: "-" and its name. Pages without a name, and pages whose name repeats an earlier one,
/// are numbered from 1 as in draw.io ("Page-2"). The marks differ in more than upper and lower case.
QStringList pageMarks(const QStringList &pages)
{
    QStringList marks;
    QSet<QString> used;
    for (qsizetype i = 0; i < pages.size(); ++i) {
        const QString number = QString::number(i + 1);
        QString name = safeName(pages.at(i));
        while (name.toUtf8().size() > longestPageName)
            name.chop(1);
        if (name.isEmpty())
            name = QStringLiteral("Page-") + number;
        while (used.contains(name.toLower()))
            name += u'-' + number;
        used.insert(name.toLower());
        marks.append(u'-' + name);
    }
    return marks;
}

} // namespace

QList<PlannedOutput> OutputNamer::outputs(const QString &relativePath, const InputClass &input) const
{
    Q_ASSERT(input.kind == InputClass::Kind::Input);
    const QFileInfo info(relativePath);
    const QString folder = info.path() == QLatin1String(".") ? QString() : info.path() + u'/';
    const bool isScript = input.type.name == QLatin1String("notebook") && input.format == QLatin1String("script");
    const QString suffix = isScript ? scriptSuffix(notebookLanguage(input.content, relativePath))
                                    : outputSuffix(input.type, input.format);
    QList<PlannedOutput> outputs;
    const auto path = [&](const QString &mark) -> QString {
        return folder + baseName(info, input) + mark + u'.' + suffix;
    };
    for (const auto &[mark, payload, furtherMarks] : variants(input)) {
        outputs.append({path(mark), payload});
        for (const QString &further : furtherMarks)
            outputs.last().further.append(path(further));
    }
    return outputs;
}

QList<OutputNamer::Variant> OutputNamer::variants(const InputClass &input) const
{
    if (input.type.name == QLatin1String("drawio"))
        return drawingVariants(input);
    if (input.type.name == QLatin1String("notebook"))
        return {notebookVariant()};
    if (input.type.name == QLatin1String("plantuml"))
        return diagramVariants(input.content);
    return {{QString(), QJsonObject()}};
}

QList<OutputNamer::Variant> OutputNamer::diagramVariants(const QByteArray &content)
{
    const auto numberMark = [](int number) { return QStringLiteral("_%1").arg(number, 3, 10, QLatin1Char('0')); };
    const QStringList names = plantUmlNames(content);
    const QList<int> pageCounts = plantUmlPageCounts(content);
    QList<Variant> variants;
    // The first output is named after the file, as CLX expects, the others after their diagrams, or by the number of
    // the picture in the file, as PlantUML names them.
    int number = 0;
    for (int i = 0; i < std::max<qsizetype>(1, names.size()); ++i) {
        // All pages are drawn. CLX, which does not know this key, draws the first one.
        Variant variant{{}, {{QStringLiteral("pages"), QStringLiteral("all")}}};
        if (i > 0)
            variant.payload.insert(QStringLiteral("diagram_index"), i);
        const bool isNamed = i > 0 && !names.at(i).isEmpty();
        if (isNamed)
            variant.mark = u'-' + safeName(names.at(i));
        else if (i > 0)
            variant.mark = numberMark(number);
        const int pages = pageCounts.value(i, 1);
        for (int page = 1; page < pages; ++page)
            variant.furtherMarks.append(isNamed ? variant.mark + numberMark(page) : numberMark(number + page));
        number += pages;
        variants.append(variant);
    }
    return variants;
}

QList<OutputNamer::Variant> OutputNamer::drawingVariants(const InputClass &input) const
{
    const bool hasSeveralPages = input.pages.size() > 1;
    if (!m_options.allPages && m_options.pageIndex > 0)
        return {{QStringLiteral("-page%1").arg(m_options.pageIndex),
                 {{QStringLiteral("page_index"), m_options.pageIndex}}}};
    if (!m_options.allPages || !hasSeveralPages)
        return {{QString(), QJsonObject()}};
    if (input.format == QLatin1String("pdf"))
        return {{QString(), {{QStringLiteral("pages"), QStringLiteral("all")}}}};
    QList<Variant> variants;
    const QStringList marks = pageMarks(input.pages);
    for (int i = 0; i < marks.size(); ++i)
        variants.append({marks.at(i), {{QStringLiteral("page_index"), i}}});
    return variants;
}

OutputNamer::Variant OutputNamer::notebookVariant() const
{
    const QString kind = m_options.kind.isEmpty() ? QStringLiteral("completed") : m_options.kind;
    QString mark = kind == QLatin1String("completed") ? QString() : u'-' + kind;
    if (!m_options.language.isEmpty())
        mark += u'-' + m_options.language;
    return {mark, {{QStringLiteral("kind"), kind}, {QStringLiteral("language"), m_options.language}}};
}

} // namespace lifeguard
