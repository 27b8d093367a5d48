// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/derivedschema.h"

#include "core/store/fileschema.h"
#include "core/store/sqltext.h"

#include <QRegularExpression>

namespace lifeguard {
namespace {

/// Returns the name of the object that the statement creates.
QString createdObject(const QString &statement)
{
    static const QRegularExpression create(QStringLiteral("^CREATE (?:INDEX|TABLE|TRIGGER) (\\w+)"));
    return create.match(statement).captured(1);
}

} // namespace

Result<QStringList> DerivedSchema::missingStatements(const FileSchema &schema)
{
    const Result<QStringList> objects = sqlScript(QStringLiteral("derived"), schema);
    if (!objects)
        return failure(objects.error());
    QStringList missing;
    for (const QString &statement : *objects) {
        const QString name = createdObject(statement);
        Q_ASSERT(!name.isEmpty());
        if (!schema.hasObject(name))
            missing.append(statement);
    }
    if (!schema.countsSubmissions()) {
        const Result<QStringList> count = sqlScript(QStringLiteral("derived_submissions"), schema);
        if (!count)
            return failure(count.error());
        missing += *count;
    }
    if (!schema.countsJobs()) {
        const Result<QStringList> count = sqlScript(QStringLiteral("derived_count"), schema);
        if (!count)
            return failure(count.error());
        missing += *count;
    }
    return missing;
}

} // namespace lifeguard
