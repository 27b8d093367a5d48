// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/workerconfig.h"

#include "core/config/jobtypes.h"
#include "core/config/outputroots.h"
#include "core/config/workervariables.h"

#include <QCoreApplication>
#include <QDir>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerConfig", text);
}

/// Returns what is wrong with a path; empty if nothing is. Does not access files.
QString pathProblem(const QString &path)
{
    if (path.contains(QChar(u'\0')) || path.contains(u'\n'))
        return tr("The path contains a character that paths must not have.");
    return {};
}

void checkVariables(const WorkerConfig &config, QList<ConfigError> &errors)
{
    const QString environmentKey = QStringLiteral("environment");
    for (auto variable = config.environment.cbegin(); variable != config.environment.cend(); ++variable) {
        const QString nameProblem = variableNameProblem(variable.key());
        const QString problem = nameProblem.isEmpty() ? variableValueProblem(variable.key(), variable.value())
                                                      : nameProblem;
        if (!problem.isEmpty())
            errors.append({environmentKey + u'.' + variable.key(), problem});
    }
    if (config.environment.size() > maxVariables)
        errors.append({environmentKey, tr("A pool can have at most %1 variables.").arg(maxVariables)});
    for (const QString &name : config.passEnvironment) {
        if (const QString problem = variableNameProblem(name); !problem.isEmpty())
            errors.append({QStringLiteral("pass_environment"), problem});
    }
    if (const QString problem = pathProblem(config.envFile); !problem.isEmpty())
        errors.append({QStringLiteral("env_file"), problem});
}

void checkConverterSettings(const WorkerConfig &config, QList<ConfigError> &errors)
{
    const QString filesKey = QStringLiteral("allow_files");
    for (const QString &folder : config.converter.allowFiles) {
        if (!QDir::isAbsolutePath(folder))
            errors.append({filesKey, tr("The folder '%1' must be an absolute path.").arg(folder)});
        else if (config.mode != ExecutionMode::Direct && !outputRootProblem(folder, true).isEmpty())
            errors.append({filesKey, tr("The folder %1 cannot be mounted in a container, which has its own folder "
                                        "there. Set mode=direct, or name another folder.")
                                         .arg(folder)});
    }
    for (const QString &pattern : config.converter.notebookFiles) {
        if (QDir::isAbsolutePath(pattern))
            errors.append({QStringLiteral("notebook_files"),
                           tr("The pattern '%1' must be relative to the folder of the notebook.").arg(pattern)});
    }
}

void checkProcessSettings(const WorkerConfig &config, QList<ConfigError> &errors)
{
    const bool isDirect = config.mode == ExecutionMode::Direct;
    const QString workingDirKey = QStringLiteral("working_dir");
    if (const QString problem = pathProblem(config.workingDir); !problem.isEmpty()) {
        errors.append({workingDirKey, problem});
    } else if (!isDirect && !config.workingDir.isEmpty() && !config.workingDir.startsWith(u'/')) {
        errors.append({workingDirKey, tr("The working folder '%1' must be an absolute path, because it is a folder in "
                                         "the container. Only with mode direct, it can be a relative path.")
                                          .arg(config.workingDir)});
    }
    const QString niceKey = QStringLiteral("nice");
    if (config.nice && (*config.nice < poollimits::nice.min || *config.nice > poollimits::nice.max)) {
        errors.append({niceKey, tr("The nice value must be between %1 (favoured) and %2, not %3.")
                                    .arg(poollimits::nice.min)
                                    .arg(poollimits::nice.max)
                                    .arg(*config.nice)});
    } else if (config.nice && !isDirect) {
        errors.append({niceKey, tr("Containers have no nice value. Set the mode to direct, or limit the containers "
                                   "with cpu.")});
    }
    if (config.ioPriority != IoPriority::Normal && !isDirect)
        errors.append({QStringLiteral("io_priority"),
                       tr("Containers have no I/O priority. Set the mode to direct, or remove the key.")});
}

} // namespace

QList<ConfigError> WorkerConfig::validate() const
{
    QList<ConfigError> errors;
    const auto reject = [&errors](const char *field, const QString &message) {
        errors.append({QString::fromLatin1(field), message});
    };
    static const QRegularExpression typeName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\z"));
    if (type.isEmpty()) {
        reject("type", tr("Choose a job type, for example plantuml."));
    } else if (!typeName.match(type).hasMatch()) {
        reject("type", tr("'%1' is not a valid job type. Use at most 64 letters, digits, '-', '_' and '.'.").arg(type));
    } else if (command.isEmpty() && image.isEmpty() && !jobType(type)) {
        reject("type", tr("lifeguard-worker does not support the job type '%1'. Set a command or an image that does.")
                           .arg(type));
    }
    if (count < poollimits::count.min || count > poollimits::count.max) {
        reject("count",
               tr("The number of workers must be between 0 and %1, not %2.").arg(poollimits::count.max).arg(count));
    }
    if (mode == ExecutionMode::Docker && image.isEmpty())
        reject("image", tr("Docker workers need an image, for example lifeguard-plantuml:latest."));
    static const QRegularExpression imageName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,254}\\z"));
    if (!image.isEmpty() && !imageName.match(image).hasMatch())
        reject("image", tr("'%1' is not a valid image name. Use NAME, NAME:TAG or REGISTRY/NAME:TAG.").arg(image));
    static const QRegularExpression networkName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\\z"));
    if (!networkName.match(network).hasMatch()) {
        reject("network", tr("'%1' is not a valid network name. Use 'none' for no network.").arg(network));
    } else if (network == QLatin1String("host")) {
        reject("network", tr("In the network 'host', all containers have the host name of this machine, but each "
                             "worker needs a host name of its own. Choose another network, or 'none'."));
    }
    if (pidsLimit < poollimits::pids.min) {
        reject("pids", tr("A worker needs at least %1 processes and threads.").arg(poollimits::pids.min));
    } else if (pidsLimit > poollimits::pids.max) {
        reject(
            "pids",
            tr("No machine has %1 processes and threads. The maximum is %2.").arg(pidsLimit).arg(poollimits::pids.max));
    }
    if (mode == ExecutionMode::Docker && staleAfter < minStaleAfterInContainers) {
        reject("stale_after",
               tr("The time must be at least %1 s, because workers in containers send a heartbeat every 5 s.")
                   .arg(minStaleAfterInContainers.count()));
    }
    if (!command.isEmpty() && command.first().trimmed().isEmpty())
        reject("command", tr("The name of the program is empty."));
    if (memoryLimitMb < 0) {
        reject("memory", tr("The memory limit cannot be negative. Use 0 for no limit."));
    } else if (memoryLimitMb > poollimits::memoryMb.max) {
        reject("memory", tr("No machine has %1 MB of memory. Use 0 for no limit.").arg(memoryLimitMb));
    } else if (memoryLimitMb > 0 && memoryLimitMb < poollimits::memoryMb.min) {
        reject("memory",
               tr("A worker needs at least %1 MB of memory. Use 0 for no limit.").arg(poollimits::memoryMb.min));
    }
    // A CPU limit of NaN fails every comparison.
    if (!(cpuLimit <= poollimits::cpu.max)) {
        reject("cpu", tr("%1 is not a possible number of cores. Use 0 for no limit.").arg(cpuLimit));
    } else if (cpuLimit < 0) {
        reject("cpu", tr("The number of cores cannot be negative. Use 0 for no limit."));
    } else if (cpuLimit > 0 && cpuLimit < poollimits::cpu.min) {
        reject("cpu", tr("A worker needs at least %1 of a core. Use 0 for no limit.").arg(poollimits::cpu.min));
    }
    if (openFilesLimit != 0 && openFilesLimit < poollimits::openFiles.min) {
        reject("open_files", tr("A worker needs at least %1 open files. Use 0 for the limit of this program.")
                                 .arg(poollimits::openFiles.min));
    }
    const std::pair<const char *, seconds> durations[] = {{"max_job_time", maxJobTime},
                                                          {"registration_timeout", registrationTimeout},
                                                          {"grace", stopGrace},
                                                          {"stale_after", staleAfter},
                                                          {"hung_after", hungAfter}};
    for (const auto &[field, duration] : durations) {
        if (duration > maxDuration)
            reject(
                field,
                tr("%1 s is too long. The maximum is %2 s (24 days).").arg(duration.count()).arg(maxDuration.count()));
    }
    if (maxJobTime < poollimits::workTime.min)
        reject("max_job_time", tr("The time must be at least 1 s."));
    if (registrationTimeout < poollimits::workTime.min)
        reject("registration_timeout", tr("The time must be at least 1 s."));
    if (stopGrace < poollimits::grace.min)
        reject("grace", tr("The grace period cannot be negative."));
    if (staleAfter < poollimits::staleAfter.min) {
        reject("stale_after", tr("The time must be at least %1 s, because workers send a heartbeat every second.")
                                  .arg(poollimits::staleAfter.min.count()));
    }
    if (hungAfter < staleAfter) {
        reject("hung_after",
               tr("The time cannot be shorter than stale_after (%1 s): a worker is suspect before it is hung.")
                   .arg(staleAfter.count()));
    }
    if (recycleAfterJobs < 0)
        reject("recycle_jobs", tr("The number of jobs cannot be negative. Use 0 to never recycle workers."));
    if (recycleAboveMb < 0) {
        reject("recycle_memory", tr("The memory cannot be negative. Use 0 to never recycle workers."));
    } else if (recycleAboveMb > poollimits::memoryMb.max) {
        reject("recycle_memory",
               tr("No machine has %1 MB of memory. Use 0 to never recycle workers.").arg(recycleAboveMb));
    } else if (recycleAboveMb > 0 && memoryLimitMb > 0 && recycleAboveMb >= memoryLimitMb) {
        reject("recycle_memory", tr("The memory must be below the memory limit (%1 MB), at which a worker is killed.")
                                     .arg(memoryLimitMb));
    }
    for (const QString &root : outputRoots) {
        if (const QString problem = outputRootProblem(root, mode != ExecutionMode::Direct); !problem.isEmpty())
            reject("output_roots", problem);
    }
    checkConverterSettings(*this, errors);
    checkVariables(*this, errors);
    checkProcessSettings(*this, errors);
    if (scaling)
        errors += scaling->validate();
    return errors;
}

Status WorkerConfig::check() const
{
    QStringList lines;
    for (const ConfigError &error : validate())
        lines.append(error.field + QStringLiteral(": ") + error.message);
    if (lines.isEmpty())
        return {};
    return failure(ErrorCode::InvalidArgument, lines.join(u'\n'));
}

bool WorkerConfig::canShareTargetWith(const WorkerConfig &other) const
{
    return type != other.type || !scaling || !other.scaling || scaling->canShareTargetWith(*other.scaling);
}

} // namespace lifeguard
