// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/workerconfig.h"

#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerConfig", text);
}

constexpr int mostWorkers = 1000;
constexpr double leastCpu = 0.05;
constexpr double mostCpu = 10'000; ///< more cores than any machine has; also catches "inf"
constexpr qint64 mostMemoryMb = 1LL << 30; ///< a petabyte: in bytes it is still a number
constexpr int leastOpenFiles = 64;
constexpr seconds leastStaleAfter{3}; ///< one missed beat is noise
constexpr int leastPids = 16; ///< processes and threads: our own worker has four or five, a JVM some thirty

} // namespace

QString toString(ExecutionMode mode)
{
    switch (mode) {
    case ExecutionMode::Auto:
        return QStringLiteral("auto");
    case ExecutionMode::Direct:
        return QStringLiteral("direct");
    case ExecutionMode::Docker:
        return QStringLiteral("docker");
    }
    return {};
}

Result<ExecutionMode> executionModeFromString(const QString &text)
{
    for (const ExecutionMode mode : {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker}) {
        if (text == toString(mode))
            return mode;
    }
    return failure(ErrorCode::InvalidArgument, tr("mode: '%1' is none of auto, direct, docker").arg(text));
}

QString toString(RestartMode mode)
{
    switch (mode) {
    case RestartMode::Never:
        return QStringLiteral("never");
    case RestartMode::OnFailure:
        return QStringLiteral("on-failure");
    case RestartMode::Always:
        return QStringLiteral("always");
    }
    return {};
}

Result<RestartMode> restartModeFromString(const QString &text)
{
    for (const RestartMode mode : {RestartMode::Never, RestartMode::OnFailure, RestartMode::Always}) {
        if (text == toString(mode))
            return mode;
    }
    return failure(ErrorCode::InvalidArgument, tr("restart: '%1' is none of never, on-failure, always").arg(text));
}

QList<ConfigError> WorkerConfig::validate() const
{
    QList<ConfigError> errors;
    const auto refuse = [&errors](const char *field, const QString &message) {
        errors.append({QString::fromLatin1(field), message});
    };
    static const QRegularExpression typeName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\z"));
    if (type.isEmpty())
        refuse("type", tr("choose a job type, for example plantuml"));
    else if (!typeName.match(type).hasMatch())
        refuse("type", tr("'%1' may have letters, digits, '-', '_' and '.' only, 64 at most").arg(type));
    else if (command.isEmpty() && image.isEmpty() && !jobType(type))
        refuse("type", tr("lifeguard-worker cannot convert '%1'; give a command or an image that can").arg(type));
    if (count < 0 || count > mostWorkers)
        refuse("count", tr("%1 is not between 0 and %2").arg(count).arg(mostWorkers));
    if (mode == ExecutionMode::Docker && image.isEmpty())
        refuse("image", tr("docker workers need an image, for example lifeguard-plantuml:latest"));
    static const QRegularExpression imageName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,254}\\z"));
    if (!image.isEmpty() && !imageName.match(image).hasMatch())
        refuse("image", tr("'%1' is no name of an image; write NAME, NAME:TAG or REGISTRY/NAME:TAG").arg(image));
    static const QRegularExpression networkName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\\z"));
    if (!networkName.match(network).hasMatch())
        refuse("network", tr("'%1' is no name of a network; 'none' means no network").arg(network));
    else if (network == QLatin1String("host"))
        refuse("network", tr("in the network 'host' all workers would be called as this machine; choose another, or 'none'"));
    if (pidsLimit < leastPids)
        refuse("pids", tr("%1 processes and threads are too few to work with; %2 at least").arg(pidsLimit).arg(leastPids));
    if (mode == ExecutionMode::Docker && staleAfter < leastStaleAfterInContainers) {
        refuse("stale-after", tr("%1 s is too short; workers in containers beat every 5 s, %2 s at least")
                                  .arg(staleAfter.count()).arg(leastStaleAfterInContainers.count()));
    }
    if (!command.isEmpty() && command.first().trimmed().isEmpty())
        refuse("command", tr("the program's name is empty"));
    if (memoryLimitMb < 0)
        refuse("memory", tr("%1 MB is less than nothing; 0 means no limit").arg(memoryLimitMb));
    else if (memoryLimitMb > mostMemoryMb)
        refuse("memory", tr("%1 MB is more than any machine has; 0 means no limit").arg(memoryLimitMb));
    else if (memoryLimitMb > 0 && memoryLimitMb < 16)
        refuse("memory", tr("%1 MB is less than the worker itself needs; 16 MB at least, 0 means no limit").arg(memoryLimitMb));
    if (!(cpuLimit <= mostCpu)) // nor is "nan" a number of cores
        refuse("cpu", tr("%1 is no number of cores that a machine can have; 0 means no limit").arg(cpuLimit));
    else if (cpuLimit < 0)
        refuse("cpu", tr("%1 cores are less than none; 0 means no limit").arg(cpuLimit));
    else if (cpuLimit > 0 && cpuLimit < leastCpu)
        refuse("cpu", tr("%1 of a core is too little to work with; %2 at least, 0 means no limit").arg(cpuLimit).arg(leastCpu));
    if (openFilesLimit != 0 && openFilesLimit < leastOpenFiles)
        refuse("open-files", tr("%1 is less than the worker itself needs; %2 at least, 0 means as this program").arg(openFilesLimit).arg(leastOpenFiles));
    const std::pair<const char *, seconds> times[] = {{"max-job-time", maxJobTime}, {"registration-timeout", registrationTimeout},
                                                      {"grace", stopGrace}, {"stale-after", staleAfter}, {"hung-after", hungAfter}};
    for (const auto &[field, time] : times) {
        if (time > longestTime)
            refuse(field, tr("%1 s is too long; %2 s (24 days) at most").arg(time.count()).arg(longestTime.count()));
    }
    if (maxJobTime < seconds(1))
        refuse("max-job-time", tr("%1 s is too short; 1 s at least").arg(maxJobTime.count()));
    if (registrationTimeout < seconds(1))
        refuse("registration-timeout", tr("%1 s is too short; 1 s at least").arg(registrationTimeout.count()));
    if (stopGrace < seconds(0))
        refuse("grace", tr("%1 s is less than nothing").arg(stopGrace.count()));
    if (staleAfter < leastStaleAfter)
        refuse("stale-after", tr("%1 s is too short; workers beat every second, %2 s at least").arg(staleAfter.count()).arg(leastStaleAfter.count()));
    if (hungAfter < staleAfter)
        refuse("hung-after", tr("%1 s is shorter than stale-after (%2 s): a worker is suspect before it is hung").arg(hungAfter.count()).arg(staleAfter.count()));
    if (recycleAfterJobs < 0)
        refuse("recycle-jobs", tr("%1 is less than none; 0 means never").arg(recycleAfterJobs));
    if (recycleAboveMb < 0)
        refuse("recycle-memory", tr("%1 MB is less than nothing; 0 means never").arg(recycleAboveMb));
    else if (recycleAboveMb > mostMemoryMb)
        refuse("recycle-memory", tr("%1 MB is more than any machine has; 0 means never").arg(recycleAboveMb));
    else if (recycleAboveMb > 0 && memoryLimitMb > 0 && recycleAboveMb >= memoryLimitMb)
        refuse("recycle-memory", tr("%1 MB is not below the memory limit (%2 MB), which would kill the worker first").arg(recycleAboveMb).arg(memoryLimitMb));
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
