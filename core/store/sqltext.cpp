// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqltext.h"

#include "core/store/fileschema.h"

#include <QFile>

#include <utility>

static void initialiseResources()
{
    Q_INIT_RESOURCE(lifeguard_sql); // the linker drops the resources of a static library unless they are referenced
}

namespace lifeguard {
namespace {

constexpr QLatin1String columnMark("--?");
constexpr QLatin1String missingColumnMark("--!");
constexpr QLatin1String optionMark("--+");
constexpr QLatin1String includeMark("--<");
constexpr QLatin1String comment("--");

Result<QString> readResource(const QString &path)
{
    initialiseResources();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Internal,
                       QStringLiteral("This program does not contain the statement %1.").arg(path));
    return QString::fromUtf8(file.readAll());
}

bool hasColumn(const FileSchema &schema, const QString &name)
{
    return schema.hasColumn(name.section(u'.', 0, 0), name.section(u'.', 1));
}

/// Removes the mark and the text after it from the line and returns that text; a null text if the line does not contain
/// the mark.
QString takeMark(QString &line, QLatin1String mark)
{
    const qsizetype at = line.indexOf(mark);
    if (at < 0)
        return {};
    const QString text = line.mid(at + mark.size()).trimmed();
    line.truncate(at);
    return text;
}

/// Removes the marks for columns from the line. Returns whether the schema fulfils their conditions.
bool takeColumnMarks(QString &line, const FileSchema &schema)
{
    const QString missing = takeMark(line, missingColumnMark);
    const QString column = takeMark(line, columnMark);
    return (missing.isNull() || !hasColumn(schema, missing)) && (column.isNull() || hasColumn(schema, column));
}

/// Returns the lines of a file, with the files that it includes, that the schema and the options select. Comments are
/// removed: QSqlQuery would take an apostrophe in a comment for the beginning of a string.
Result<QStringList> selectedLines(const QString &path, const FileSchema &schema, const QStringList &options)
{
    const Result<QString> text = readResource(path);
    if (!text)
        return failure(text.error());
    QStringList lines;
    for (QString line : text->split(u'\n')) {
        if (line.startsWith(includeMark)) {
            const Result<QStringList> part = selectedLines(
                QStringLiteral(":/sql/sqlite/%1.sql").arg(line.mid(includeMark.size()).trimmed()), schema, options);
            if (!part)
                return part;
            lines += *part;
            continue;
        }
        const QString option = takeMark(line, optionMark);
        if ((!option.isNull() && !options.contains(option)) || !takeColumnMarks(line, schema))
            continue;
        takeMark(line, comment);
        lines.append(line);
    }
    return lines;
}

} // namespace

Result<QString> sqlText(const QString &name, const FileSchema &schema, const QStringList &options)
{
    const Result<QStringList> lines = selectedLines(QStringLiteral(":/sql/sqlite/%1.sql").arg(name), schema, options);
    if (!lines)
        return failure(lines.error());
    return lines->join(u'\n').trimmed();
}

Result<QStringList> sqlScript(const QString &name, const FileSchema &schema)
{
    const Result<QStringList> lines = selectedLines(QStringLiteral(":/sql/sqlite/migrations/%1.sql").arg(name), schema,
                                                    {});
    if (!lines)
        return failure(lines.error());
    QStringList statements;
    QString trigger; // the beginning of a trigger, whose body contains semicolons
    for (const QString &part : lines->join(u'\n').split(u';')) {
        const QString statement = part.trimmed();
        if (!trigger.isEmpty() || statement.startsWith(QLatin1String("CREATE TRIGGER"))) {
            trigger += trigger.isEmpty() ? statement : QStringLiteral(";\n") + statement;
            if (statement == QLatin1String("END"))
                statements.append(std::exchange(trigger, {}));
        } else if (!statement.isEmpty()) {
            statements.append(statement);
        }
    }
    Q_ASSERT(trigger.isEmpty());
    return statements;
}

} // namespace lifeguard
