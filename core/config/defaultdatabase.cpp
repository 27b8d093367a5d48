// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/defaultdatabase.h"

#include <QCoreApplication>
#include <QDir>

namespace lifeguard {

QString databaseOfEnvironment()
{
    const QString path = qEnvironmentVariable("DB_PATH");
    return path.isEmpty() ? qEnvironmentVariable("CLM_JOBS_DB_PATH") : path;
}

Result<QString> defaultDatabase(const QString &workspace)
{
    const QDir folder(workspace);
    const QString clx = QStringLiteral("clx_jobs.db");
    const QString clm = QStringLiteral("clm_jobs.db");
    if (!folder.exists(clm))
        return folder.filePath(clx);
    if (!folder.exists(clx))
        return folder.filePath(clm);
    return failure(ErrorCode::InvalidArgument,
                   QCoreApplication::translate("lifeguard::DefaultDatabase",
                                               "The workspace %1 contains two databases, %2 and %3. Choose one with "
                                               "--db.")
                       .arg(workspace, clx, clm));
}

} // namespace lifeguard
