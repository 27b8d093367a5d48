// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqltext.h"

#include <QFile>
#include <QStringList>

static void initialiseResources()
{
    Q_INIT_RESOURCE(lifeguard_sql); // a static library's resources are not linked in by themselves
}

namespace lifeguard {
namespace {

Result<QString> readResource(const QString &path)
{
    initialiseResources();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Internal, QStringLiteral("The statement %1 is missing in this program.").arg(path));
    return QString::fromUtf8(file.readAll());
}

} // namespace

Result<QString> sqlText(const QString &name, const std::function<bool(const QString &, const QString &)> &hasColumn, const QStringList &words)
{
    const Result<QString> text = readResource(QStringLiteral(":/sql/sqlite/%1.sql").arg(name));
    if (!text)
        return text;
    QStringList lines;
    for (const QString &line : text->split(u'\n')) {
        if (line.startsWith(QStringLiteral("--<"))) {
            const Result<QString> part = sqlText(line.mid(3).trimmed(), hasColumn, words);
            if (!part)
                return part;
            lines.append(*part);
            continue;
        }
        const qsizetype word = line.indexOf(QStringLiteral("--+"));
        if (word >= 0 && !words.contains(line.mid(word + 3).trimmed()))
            continue;
        const QString kept = word >= 0 ? line.left(word) : line;
        const qsizetype column = kept.indexOf(QStringLiteral("--?"));
        if (column >= 0) {
            const QString wanted = kept.mid(column + 3).trimmed();
            if (hasColumn(wanted.section(u'.', 0, 0), wanted.section(u'.', 1)))
                lines.append(kept.left(column));
            continue;
        }
        // Comments go: QSqlQuery would take an apostrophe in one for the beginning of a string.
        const qsizetype comment = kept.indexOf(QStringLiteral("--"));
        lines.append(comment >= 0 ? kept.left(comment) : kept);
    }
    return lines.join(u'\n').trimmed();
}

Result<QStringList> sqlScript(const QString &name)
{
    const Result<QString> text = readResource(QStringLiteral(":/sql/sqlite/migrations/%1.sql").arg(name));
    if (!text)
        return tl::unexpected(text.error());
    QString stripped;
    for (const QString &line : text->split(u'\n'))
        stripped += line.section(QStringLiteral("--"), 0, 0) + u'\n';
    QStringList statements;
    for (const QString &statement : stripped.split(u';')) {
        if (!statement.trimmed().isEmpty())
            statements.append(statement.trimmed());
    }
    return statements;
}

} // namespace lifeguard
