// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/workervariables.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

constexpr qsizetype longestShownName = 60; ///< characters
constexpr std::array reservedVariables{"CLM_HOST_WORKSPACE", "CLM_JOBS_DB_PATH", "CLM_WORKER_ID", "DB_PATH",
                                       "HOSTNAME",           "USE_SQLITE_QUEUE", "WORKER_ID",     "WORKER_TYPE",
                                       "WORKSPACE_PATH"};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerVariables", text);
}

} // namespace

WorkerConfig withMaskedVariables(WorkerConfig config)
{
    for (QString &value : config.environment)
        value = maskedVariable;
    return config;
}

QStringList maskedVariables(const WorkerConfig &config)
{
    return config.environment.keys(maskedVariable);
}

bool isReservedVariable(const QString &name)
{
    return name.startsWith(QLatin1String("LIFEGUARD_"))
        || std::any_of(reservedVariables.begin(), reservedVariables.end(),
                       [&name](const char *reserved) { return name == QLatin1String(reserved); });
}

QString variableNameProblem(const QString &name)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z_][A-Za-z0-9_]{0,255}\\z"));
    if (!pattern.match(name).hasMatch())
        return tr("'%1' is not the name of a variable. Allowed are letters, digits and '_', and no digit at the "
                  "beginning.")
            .arg(name.size() > longestShownName ? QString(name.left(longestShownName) + u'…') : name);
    if (isReservedVariable(name))
        return tr("Lifeguard itself sets the variable %1 for its workers. Choose another name.").arg(name);
    return {};
}

QString variableValueProblem(const QString &name, const QString &value)
{
    if (value.contains(QChar(u'\0')))
        return tr("The value of %1 contains a NUL character, which variables cannot have.").arg(name);
    if (value.toUtf8().size() > maxVariableBytes)
        return tr("The value of %1 is longer than %2 KB.").arg(name).arg(maxVariableBytes / 1024);
    return {};
}

} // namespace lifeguard
