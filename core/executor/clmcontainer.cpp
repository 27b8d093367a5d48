// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/clmcontainer.h"

#include "core/config/clmprograms.h"
#include "core/config/outputroots.h"

#include <QDir>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

/// Settings of CLM that its workers read in containers too. Paths of programs are not among them, because the image has
/// its own programs.
constexpr std::array passedVariables{"CLM_CELL_TIMEOUT_SECONDS", "CLM_HTTP_REPLAY_CELL_TIMEOUT_SECONDS",
                                     "JINJA_LINE_STATEMENT_PREFIX", "JINJA_TEMPLATES_PATH", "LOG_CELL_PROCESSING"};

bool isIn(const QString &path, const QString &folder)
{
    return path.startsWith(folder.endsWith(u'/') ? folder : folder + u'/');
}

} // namespace

bool isClmContainer(const WorkerConfig &config, const DockerImage &image)
{
    if (areClmPrograms(config))
        return true;
    return config.command.isEmpty() && (isClmCommand(image.entrypoint) || isClmCommand(image.command));
}

bool canKeepPath(const QString &workspace)
{
    return outputRootProblem(workspace, true).isEmpty();
}

QStringList clmVariables(const StartRequest &request, const QProcessEnvironment &environment)
{
    QStringList variables{QStringLiteral("PYTHONUNBUFFERED=1")}; // or the last lines before a crash are lost
    // With this variable alone, CLM's workers translate the paths of outputs, and read inputs from the payload.
    if (!canKeepPath(request.workspace))
        variables.append(QStringLiteral("CLM_HOST_WORKSPACE=") + request.workspace);
    for (const char *name : passedVariables) {
        const QString variable = QString::fromLatin1(name);
        if (environment.contains(variable))
            variables.append(QString(variable + u'=' + environment.value(variable)));
    }
    const QString cache = QDir::cleanPath(environment.value(QStringLiteral("CLM_CACHE_DB_PATH")));
    const bool isMounted = (canKeepPath(request.workspace) && isIn(cache, request.workspace))
                        || std::any_of(request.config.outputRoots.cbegin(), request.config.outputRoots.cend(),
                                       [&cache](const QString &root) { return isIn(cache, root); });
    if (isMounted)
        variables.append(QStringLiteral("CLM_CACHE_DB_PATH=") + cache);
    else if (isIn(cache, request.workspace))
        variables.append(QStringLiteral("CLM_CACHE_DB_PATH=/workspace/")
                         + QDir(request.workspace).relativeFilePath(cache));
    return variables;
}

WorkerExit explainedClmExit(WorkerExit exit)
{
    const bool isAboutRest = std::any_of(exit.lastLines.cbegin(), exit.lastLines.cend(), [](const QString &line) {
        return line.contains(QLatin1String("CLM_API_URL")) || line.contains(QLatin1String("CLM_API_TOKEN"))
            || line.contains(QLatin1String("WorkerApiError"));
    });
    if (isAboutRest && exit.kind == WorkerExit::Kind::Exited && !exit.isClean() && !exit.isBlameless)
        exit.message = Message("clm_needs_rest", {exit.message.asArgument()});
    return exit;
}

} // namespace lifeguard
