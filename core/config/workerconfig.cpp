// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/workerconfig.h"

#include "core/config/jobtypes.h"
#include "core/config/outputroots.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerConfig", text);
}

constexpr int maxWorkers = 1000;
constexpr double minCpu = 0.05;
constexpr double maxCpu = 10'000; ///< more cores than any machine has; also excludes "inf"
constexpr qint64 minMemoryMb = 16; ///< lifeguard-worker itself needs about 10 MB
constexpr qint64 maxMemoryMb = 1LL << 30; ///< one petabyte, which still fits into 64 bits when converted to bytes
constexpr int minOpenFiles = 64;
constexpr seconds minStaleAfter{3}; ///< one or two missed beats are normal
constexpr int minPids = 16; ///< processes and threads: lifeguard-worker has four or five, a JVM about thirty

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
    if (count < 0 || count > maxWorkers)
        reject("count", tr("The number of workers must be between 0 and %1, not %2.").arg(maxWorkers).arg(count));
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
    if (pidsLimit < minPids)
        reject("pids", tr("A worker needs at least %1 processes and threads.").arg(minPids));
    if (mode == ExecutionMode::Docker && staleAfter < minStaleAfterInContainers) {
        reject("stale_after",
               tr("The time must be at least %1 s, because workers in containers send a heartbeat every 5 s.")
                   .arg(minStaleAfterInContainers.count()));
    }
    if (!command.isEmpty() && command.first().trimmed().isEmpty())
        reject("command", tr("The name of the program is empty."));
    if (memoryLimitMb < 0) {
        reject("memory", tr("The memory limit cannot be negative. Use 0 for no limit."));
    } else if (memoryLimitMb > maxMemoryMb) {
        reject("memory", tr("No machine has %1 MB of memory. Use 0 for no limit.").arg(memoryLimitMb));
    } else if (memoryLimitMb > 0 && memoryLimitMb < minMemoryMb) {
        reject("memory", tr("A worker needs at least %1 MB of memory. Use 0 for no limit.").arg(minMemoryMb));
    }
    // A CPU limit of NaN fails every comparison.
    if (!(cpuLimit <= maxCpu)) {
        reject("cpu", tr("%1 is not a possible number of cores. Use 0 for no limit.").arg(cpuLimit));
    } else if (cpuLimit < 0) {
        reject("cpu", tr("The number of cores cannot be negative. Use 0 for no limit."));
    } else if (cpuLimit > 0 && cpuLimit < minCpu) {
        reject("cpu", tr("A worker needs at least %1 of a core. Use 0 for no limit.").arg(minCpu));
    }
    if (openFilesLimit != 0 && openFilesLimit < minOpenFiles) {
        reject("open_files",
               tr("A worker needs at least %1 open files. Use 0 for the limit of this program.").arg(minOpenFiles));
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
    if (maxJobTime < seconds(1))
        reject("max_job_time", tr("The time must be at least 1 s."));
    if (registrationTimeout < seconds(1))
        reject("registration_timeout", tr("The time must be at least 1 s."));
    if (stopGrace < seconds(0))
        reject("grace", tr("The grace period cannot be negative."));
    if (staleAfter < minStaleAfter) {
        reject("stale_after", tr("The time must be at least %1 s, because workers send a heartbeat every second.")
                                  .arg(minStaleAfter.count()));
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
    } else if (recycleAboveMb > maxMemoryMb) {
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

} // namespace lifeguard
