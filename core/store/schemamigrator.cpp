// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schemamigrator.h"

#include "core/store/fileschema.h"
#include "core/store/sqltext.h"

namespace lifeguard {

QStringList SchemaMigrator::missingMigrations(const FileSchema &schema)
{
    QStringList scripts;
    if (!schema.hasTable(QStringLiteral("jobs")))
        scripts.append(QStringLiteral("clx_0011"));
    if (!schema.hasTable(QStringLiteral("lifeguard_schema_version")))
        scripts.append(QStringLiteral("lifeguard_0001"));
    if (!schema.hasColumn(QStringLiteral("lifeguard_workers"), QStringLiteral("spec")))
        scripts.append(QStringLiteral("lifeguard_0002"));
    if (!schema.hasTable(QStringLiteral("lifeguard_migrations")))
        scripts.append(QStringLiteral("lifeguard_0003"));
    if (!schema.hasTable(QStringLiteral("lifeguard_database")))
        scripts.append(QStringLiteral("lifeguard_0004"));
    if (!schema.hasTable(QStringLiteral("lifeguard_pools")))
        scripts.append(QStringLiteral("lifeguard_0005"));
    if (!schema.hasTable(QStringLiteral("lifeguard_job_notes")))
        scripts.append(QStringLiteral("lifeguard_0006"));
    return scripts;
}

Status SchemaMigrator::apply(const QStringList &scripts, const std::function<Status(const QString &)> &execute)
{
    for (const QString &script : scripts) {
        const Result<QStringList> statements = sqlScript(script, {});
        if (!statements)
            return failure(statements.error());
        for (const QString &statement : *statements) {
            if (const Status done = execute(statement); !done)
                return done;
        }
    }
    return {};
}

} // namespace lifeguard
