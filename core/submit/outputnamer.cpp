// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/outputnamer.h"

#include "core/formats/notebookinput.h"
#include "core/formats/plantumltext.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace lifeguard {

QList<PlannedOutput> OutputNamer::outputs(const QString &relativePath, const InputClass &input) const
{
    Q_ASSERT(input.kind == InputClass::Kind::Input);
    const QFileInfo info(relativePath);
    const QString folder = info.path() == QLatin1String(".") ? QString() : info.path() + u'/';
    const bool isScript = input.type.name == QLatin1String("notebook") && input.format == QLatin1String("script");
    const QString suffix = isScript ? scriptSuffix(notebookLanguage(input.content, relativePath)) : outputSuffix(input.type, input.format);
    QList<PlannedOutput> outputs;
    for (const auto &[mark, payload] : variants(input))
        outputs.append({folder + info.completeBaseName() + mark + u'.' + suffix, payload});
    return outputs;
}

QList<OutputNamer::Variant> OutputNamer::variants(const InputClass &input) const
{
    if (input.type.name == QLatin1String("drawio") && m_options.pageIndex > 0)
        return {{QStringLiteral("-page%1").arg(m_options.pageIndex), {{QStringLiteral("page_index"), m_options.pageIndex}}}};
    if (input.type.name == QLatin1String("notebook"))
        return {notebookVariant()};
    QList<Variant> variants{{QString(), QJsonObject()}};
    if (input.type.name == QLatin1String("plantuml")) {
        // The first output is named after the file, as CLX expects, the others after their diagrams, or by number as in PlantUML.
        static const QRegularExpression unsafeCharacters(QStringLiteral("[^\\w.-]+"), QRegularExpression::UseUnicodePropertiesOption);
        const QStringList names = plantUmlNames(input.content);
        for (int i = 1; i < names.size(); ++i) {
            const QString mark = names.at(i).isEmpty() ? QStringLiteral("_%1").arg(i, 3, 10, QLatin1Char('0'))
                                                       : u'-' + QString(names.at(i)).replace(unsafeCharacters, QStringLiteral("_"));
            variants.append({mark, {{QStringLiteral("diagram_index"), i}}});
        }
    }
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
