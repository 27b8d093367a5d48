// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolfields.h"

#include "core/config/containerprotections.h"
#include "core/config/outputroots.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>

#include <algorithm>

namespace lifeguard {
namespace {

using Config = WorkerConfig;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PoolFields", text);
}

QString withHyphens(QString key)
{
    return key.replace(u'_', u'-');
}

/// Returns a field whose key older versions write with hyphens.
PoolField renamed(PoolField field)
{
    field.oldKey = withHyphens(field.key);
    return field;
}

PoolField commandField()
{
    PoolField result;
    result.key = QStringLiteral("command");
    result.kind = FieldInfo::Kind::Arguments;
    result.description = tr("The program and the arguments to run instead of lifeguard-worker");
    result.parseList = [](Config &config, const QStringList &arguments) -> Status {
        if (arguments.isEmpty())
            return failure(ErrorCode::InvalidArgument,
                           tr("The command is empty. Allowed is a program with its arguments."));
        config.command = arguments;
        return {};
    };
    result.parse = [parseList = result.parseList](Config &config, const QString &text, Spelling) {
        return parseList(config, QProcess::splitCommand(text));
    };
    result.list = [](const Config &config) { return config.command; };
    result.format = [](const Config &config, Spelling) { return formatArguments(config.command); };
    return result;
}

PoolField outputRootsField()
{
    PoolField result;
    result.key = QStringLiteral("output_roots");
    result.kind = FieldInfo::Kind::Paths;
    result.description = tr("Folders outside the workspace that outputs may be written to, as absolute paths");
    result.parseList = [](Config &config, const QStringList &paths) -> Status {
        config.outputRoots.clear();
        for (const QString &path : paths)
            config.outputRoots.append(QDir::cleanPath(path));
        config.outputRoots.removeDuplicates();
        return {};
    };
    result.parse = [](Config &config, const QString &text, Spelling) -> Status {
        config.outputRoots = splitOutputRoots(text);
        return {};
    };
    result.list = [](const Config &config) { return config.outputRoots; };
    result.format = [](const Config &config, Spelling) { return joinOutputRoots(config.outputRoots); };
    return result;
}

QList<PoolField> containerFields()
{
    return {valueField("container_root", &Config::containerRoot,
                       tr("Containers run as root instead of as the user of the manager")),
            valueField("writable_root", &Config::writableRoot,
                       tr("The root file system is writable although the image requests a read-only one")),
            valueField("keep_capabilities", &Config::keepCapabilities,
                       tr("Containers have the capabilities that the engine grants by default")),
            valueField("new_privileges", &Config::newPrivileges,
                       tr("Programs in a container may gain privileges, as sudo does"))};
}

QList<PoolField> limitFields()
{
    return {
        megabytesField("memory", &Config::memoryLimitMb,
                       tr("The memory of a worker and all its processes; above it, the worker is killed. 0: no "
                          "limit")),
        valueField("cpu", &Config::cpuLimit, tr("The cores that a worker and all its processes may use. 0: no limit")),
        renamed(valueField("open_files", &Config::openFilesLimit,
                           tr("The files that each process of a worker may have open. 0: the limit of the manager")))};
}

QList<PoolField> timeFields()
{
    return {
        renamed(valueField("max_job_time", &Config::maxJobTime,
                           tr("The time that a job may take; then its tool is stopped, and the job fails"))),
        valueField("grace", &Config::stopGrace, tr("The time between TERM and KILL")),
        renamed(valueField("registration_timeout", &Config::registrationTimeout,
                           tr("The time within which a new worker must register"))),
        renamed(valueField("stale_after", &Config::staleAfter,
                           tr("The age of the last heartbeat at which a worker is suspect"))),
        renamed(valueField("hung_after", &Config::hungAfter,
                           tr("The time without heartbeat, CPU use and output after which a worker is hung"))),
    };
}

QList<PoolField> restartFields()
{
    return {renamed(valueField("restart_hung", &Config::restartHung, tr("Hung workers are stopped and replaced"))),
            choiceField("restart", &Config::restart, {RestartMode::Never, RestartMode::OnFailure, RestartMode::Always},
                        tr("Which workers are replaced when they end")),
            renamed(valueField("recycle_jobs", &Config::recycleAfterJobs,
                               tr("The number of jobs after which a worker is replaced. 0: never"))),
            renamed(megabytesField("recycle_memory", &Config::recycleAboveMb,
                                   tr("The memory above which a worker finishes its job and is replaced. 0: never")))};
}

} // namespace

const QList<PoolField> &poolFields()
{
    static const QList<PoolField> all =
        QList<PoolField>{
            valueField("type", &Config::type, tr("The job type")),
            valueField("count", &Config::count, tr("The number of workers")),
            choiceField("mode", &Config::mode, {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker},
                        tr("Whether workers are processes or containers; auto selects containers if Docker is "
                           "available and has the image")),
            valueField("image", &Config::image, tr("The image of the containers")),
            valueField("network", &Config::network, tr("The network of the containers, or none")),
            valueField("pids", &Config::pidsLimit, tr("The processes and threads that a container may have"))}
        + limitFields() + timeFields() + restartFields()
        + QList<PoolField>{outputRootsField(),
                           valueField("detach", &Config::detach,
                                      tr("Workers survive a crash of their manager, and the next manager adopts them"))}
        + containerFields() + QList<PoolField>{commandField()};
    return all;
}

const PoolField *poolField(const QString &key)
{
    const QList<PoolField> &all = poolFields();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&key](const PoolField &field) { return field.key == key; });
    return found == all.end() ? nullptr : &*found;
}

const PoolField *poolFieldOfAnySpelling(const QString &key)
{
    return poolField(QString(key).replace(u'-', u'_'));
}

} // namespace lifeguard
