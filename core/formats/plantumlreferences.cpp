// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumlreferences.h"

#include <QHash>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace lifeguard {
namespace {

using Kind = PlantUmlReference::Kind;

/// Replaces comments with blanks; lines keep their numbers.
QStringList linesWithoutComments(const QString &text)
{
    QStringList lines = text.split(u'\n');
    bool inComment = false;
    for (QString &line : lines) {
        const QString trimmed = line.trimmed();
        const bool begins = !inComment && trimmed.startsWith(QLatin1String("/'"));
        const qsizetype end = line.indexOf(QLatin1String("'/"), begins ? line.indexOf(QLatin1String("/'")) + 2 : 0);
        if (inComment || begins) {
            inComment = end < 0;
            line = end < 0 ? QString() : line.mid(end + 2);
        } else if (trimmed.startsWith(u'\'')) {
            line.clear();
        }
    }
    return lines;
}

/// Collects what a text refers to, line by line.
class Collector
{
public:
    explicit Collector(bool isGraphviz) : m_isGraphviz(isGraphviz) {}

    void addLine(const QString &line, int number)
    {
        m_line = number;
        addDefinition(line);
        if (line.trimmed().startsWith(u'!'))
            addDirective(line);
        addSprite(line);
        addPictures(line);
        addFunctions(line);
        addProperties(line);
    }
    [[nodiscard]] PlantUmlReferences result() const { return m_found; }

private:
    void addDefinition(const QString &line)
    {
        static const QRegularExpression variable(QStringLiteral("^\\s*!(?:global\\s+|local\\s+)?(\\$?\\w+)\\s*[?]?=\\s*"
                                                                "(?:\"([^\"]*)\"|'([^']*)')\\s*$"));
        static const QRegularExpression define(QStringLiteral("^\\s*!define(?:long)?\\s+(\\w+)\\s+(\\S+)\\s*$"));
        if (const auto match = variable.match(line); match.hasMatch())
            m_variables.insert(match.captured(1), match.captured(2) + match.captured(3));
        else if (const auto defined = define.match(line); defined.hasMatch())
            m_variables.insert(defined.captured(1), defined.captured(2));
    }

    void addDirective(const QString &line)
    {
        static const QRegularExpression condition(QStringLiteral("^\\s*!\\s*(?:if|ifdef|ifndef|elseif|while)\\b"));
        m_found.hasConditions = m_found.hasConditions || condition.match(line).hasMatch();
        // "!include file!part" and "!includesub file!PART" read the file.
        static const QRegularExpression include(
            QStringLiteral("^\\s*!\\s*(?:include(?:url|sub|_many|_once)?|import)\\s+([^<\\s][^!]*?)\\s*(?:!.*)?$"));
        if (const auto match = include.match(line); match.hasMatch())
            add(Kind::Include, match.captured(1));
        static const QRegularExpression theme(QStringLiteral("^\\s*!\\s*theme\\s+(\\S+)\\s+from\\s+([^<\\s].*?)\\s*$"));
        if (const auto match = theme.match(line); match.hasMatch()) {
            add(Kind::Theme, unquoted(match.captured(2)) + QStringLiteral("/puml-theme-") + match.captured(1)
                                 + QStringLiteral(".puml"));
        }
    }

    void addSprite(const QString &line)
    {
        // Not "sprite $x [16x16/16] {", "sprite x <svg …", or "sprite x jar:archimate/…".
        static const QRegularExpression sprite(
            QStringLiteral("^\\s*sprite\\s+\\$?[\\w-]+\\s+(?!jar:)([^\\s{<\\[][^{<]*)$"));
        if (const auto match = sprite.match(line); match.hasMatch())
            add(Kind::Picture, match.captured(1));
    }

    void addPictures(const QString &line)
    {
        static const QRegularExpression picture(QStringLiteral("<img[\\s:]+(?:src\\s*[=:]\\s*)?[\"']?([^>\"'{}]+)"),
                                                QRegularExpression::CaseInsensitiveOption);
        for (auto found = picture.globalMatch(line); found.hasNext();)
            add(Kind::Picture, found.next().captured(1));
        static const QRegularExpression graphviz(
            QStringLiteral("\\b(?:image|shapefile)\\s*=\\s*(?:\"([^\"]+)\"|([^\"\\],;\\s]+))"));
        for (auto found = graphviz.globalMatch(m_isGraphviz ? line : QString()); found.hasNext();) {
            const QRegularExpressionMatch match = found.next();
            add(Kind::Picture, match.captured(1) + match.captured(2));
        }
        m_found.hasEmbeddedPictures = m_found.hasEmbeddedPictures || line.contains(QLatin1String("{{"))
                                   || line.contains(QLatin1String("<img"), Qt::CaseInsensitive);
    }

    void addFunctions(const QString &line)
    {
        static const QRegularExpression function(
            QStringLiteral("%(load_json|file_exists)\\s*\\(\\s*(?:\"([^\"]*)\"|'([^']*)')?\\s*([,)])?"));
        for (auto found = function.globalMatch(line); found.hasNext();) {
            const QRegularExpressionMatch match = found.next();
            const QString name = match.captured(2) + match.captured(3);
            // A second argument of %load_json() is the value for a file that does not exist.
            const bool mustExist = match.captured(1) == QLatin1String("load_json") && match.captured(4) == u')';
            if (name.isEmpty() || match.captured(4).isEmpty())
                m_found.hasComputedNames = true;
            else
                add(mustExist ? Kind::Data : Kind::Question, name);
        }
    }

    void addProperties(const QString &line)
    {
        static const QRegularExpression pages(QStringLiteral("\\bnewpage\\b|\\bpage\\s+\\d+\\s*x\\s*\\d+"),
                                              QRegularExpression::CaseInsensitiveOption);
        m_found.mayHavePages = m_found.mayHavePages || pages.match(line).hasMatch();
        static const QRegularExpression formula(QStringLiteral("<(?:math|latex)>|^@start(?:math|latex)\\b"));
        m_found.hasFormulas = m_found.hasFormulas || formula.match(line).hasMatch();
        static const QRegularExpression fileName(QStringLiteral("%(?:filename|filenameNoExtension|dirpath)\\b"));
        m_found.usesFileName = m_found.usesFileName || fileName.match(line).hasMatch();
    }

    static QString unquoted(const QString &name) { return QString(name).remove(u'"').trimmed(); }

    void add(Kind kind, const QString &written)
    {
        const QString name = withoutVariables(unquoted(written));
        if (name.startsWith(QLatin1String("data:"), Qt::CaseInsensitive) || name.startsWith(u'<') || name.isEmpty())
            return;
        static const QRegularExpression computed(QStringLiteral("\\$\\w|%\\w+\\s*\\("));
        if (computed.match(name).hasMatch())
            m_found.hasComputedNames = true;
        else
            m_found.named.append({kind, name, m_line});
    }

    [[nodiscard]] QString withoutVariables(QString name) const
    {
        static const QRegularExpression word(QStringLiteral("\\$\\w+|\\b\\w+\\b"));
        constexpr int deepest = 8; // variables may contain variables, even themselves
        for (int depth = 0; depth < deepest; ++depth) {
            QString replaced;
            qsizetype from = 0;
            for (auto found = word.globalMatch(name); found.hasNext();) {
                const QRegularExpressionMatch match = found.next();
                replaced += QStringView(name).mid(from, match.capturedStart() - from);
                replaced += m_variables.value(match.captured(), match.captured());
                from = match.capturedEnd();
            }
            replaced += QStringView(name).mid(from);
            if (replaced == name || replaced.size() > 4096)
                break;
            name = replaced;
        }
        return name;
    }

    const bool m_isGraphviz;
    int m_line = 0;
    QHash<QString, QString> m_variables;
    PlantUmlReferences m_found;
};

} // namespace

bool PlantUmlReference::isAddress() const
{
    static const QRegularExpression address(QStringLiteral("^[a-z][a-z0-9+.-]+://"),
                                            QRegularExpression::CaseInsensitiveOption);
    return address.match(name).hasMatch() && !name.startsWith(QLatin1String("file:"), Qt::CaseInsensitive);
}

void PlantUmlReferences::addFlags(const PlantUmlReferences &included)
{
    hasComputedNames = hasComputedNames || included.hasComputedNames;
    mayHavePages = mayHavePages || included.mayHavePages;
    hasConditions = hasConditions || included.hasConditions;
    usesFileName = usesFileName || included.usesFileName;
    hasEmbeddedPictures = hasEmbeddedPictures || included.hasEmbeddedPictures;
    hasFormulas = hasFormulas || included.hasFormulas;
}

PlantUmlReferences plantUmlReferences(const QString &text)
{
    Collector collector(text.startsWith(QLatin1String("@startdot")) || text.contains(QLatin1String("{{dot")));
    const QStringList lines = linesWithoutComments(text);
    for (qsizetype i = 0; i < lines.size(); ++i)
        collector.addLine(lines.at(i), static_cast<int>(i));
    return collector.result();
}

} // namespace lifeguard
