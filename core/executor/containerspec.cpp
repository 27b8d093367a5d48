// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerspec.h"

#include "core/base/protocol.h"
#include "core/config/outputroots.h"
#include "core/executor/clmcontainer.h"
#include "core/executor/workersetup.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qsizetype shortIdLength = 12;
constexpr qsizetype instanceLength = 8;
constexpr qint64 mebibyte = 1024 * 1024;
constexpr qint64 sharedMemory = 256 * mebibyte; ///< size of /dev/shm; Chromium needs more than Docker's default of 64
                                                ///< MB

QJsonObject folderMount(const QString &source, const QString &target)
{
    return {{QStringLiteral("Type"), QStringLiteral("bind")},
            {QStringLiteral("Source"), source},
            {QStringLiteral("Target"), target}};
}

/// Returns the folders of the host that a container sees. Output roots keep their path, so that no program has to
/// translate it.
QJsonArray mountsOf(const StartRequest &request, bool isClm)
{
    QJsonArray mounts{folderMount(QFileInfo(request.databasePath).absolutePath(), QStringLiteral("/db")),
                      folderMount(request.workspace, QStringLiteral("/workspace"))};
    // Programs of CLM use the paths of the host, as they do in direct mode.
    if (isClm && canKeepPath(request.workspace))
        mounts.append(folderMount(request.workspace, request.workspace));
    for (const QString &root : request.config.outputRoots) {
        if (!isClm || root != request.workspace)
            mounts.append(folderMount(root, root));
    }
    for (const QString &folder : request.config.converter.allowFiles) {
        if (request.config.outputRoots.contains(folder) || (isClm && folder == request.workspace))
            continue;
        QJsonObject mount = folderMount(folder, folder);
        mount.insert(QStringLiteral("ReadOnly"), true);
        mounts.append(mount);
    }
    return mounts;
}

bool isRoot(const ContainerUser &user)
{
    return user == ContainerUser();
}

QJsonArray environmentOf(const StartRequest &request, const ContainerUser &user, bool isClm)
{
    const QString database = QStringLiteral("/db/") + QFileInfo(request.databasePath).fileName();
    // The user's variables replace ours, except for those that WorkerConfig::validate() reserves.
    QMap<QString, QString> own = inheritedVariables(request.config, QProcessEnvironment::systemEnvironment(), true);
    own.insert(request.config.environment);
    QJsonArray environment;
    const auto append = [&environment, &own](const QString &variable) {
        if (!own.contains(variable.section(u'=', 0, 0)))
            environment.append(variable);
    };
    const auto set = [&append](const char *name, const QString &value) { append(QLatin1String(name) + u'=' + value); };
    set("WORKER_TYPE", request.config.type);
    set("DB_PATH", database);
    set("CLM_JOBS_DB_PATH", database);
    set("WORKSPACE_PATH", QStringLiteral("/workspace"));
    const QString level = qEnvironmentVariable("LOG_LEVEL");
    set("LOG_LEVEL", level.isEmpty() ? QStringLiteral("INFO") : level);
    set("USE_SQLITE_QUEUE", QStringLiteral("true"));
    set("LIFEGUARD_PROTOCOL", QString::number(protocolVersion));
    set("LIFEGUARD_HOST_WORKSPACE", request.workspace);
    set("LIFEGUARD_MANAGER_ID", request.managerId);
    if (request.config.detach)
        set("LIFEGUARD_DETACH", QStringLiteral("true"));
    if (!request.config.outputRoots.isEmpty())
        set("LIFEGUARD_OUTPUT_ROOTS", joinOutputRoots(request.config.outputRoots));
    const QMap<QString, QString> converter = request.config.converter.toEnvironment();
    for (auto variable = converter.cbegin(); variable != converter.cend(); ++variable) {
        if (!variable.value().isEmpty())
            append(variable.key() + u'=' + variable.value());
    }
    set("LIFEGUARD_MAX_JOB_TIME", QString::number(request.config.maxJobTime.count()));
    if (!request.config.containerRoot)
        set("HOME", QStringLiteral("/tmp")); // the user of this program has no home directory in the image
    else if (!isRoot(user))
        set("LIFEGUARD_OUTPUT_OWNER", user.toString());
    if (isClm) {
        for (const QString &variable : clmVariables(request, QProcessEnvironment::systemEnvironment()))
            append(variable);
    }
    for (auto variable = own.cbegin(); variable != own.cend(); ++variable)
        environment.append(QString(variable.key() + u'=' + variable.value()));
    return environment;
}

/// Adds the protections of a container, except those that the configuration gives up.
void addProtections(QJsonObject &host, const WorkerConfig &config, const DockerImage &image, const ContainerUser &user)
{
    if (!config.keepCapabilities)
        host.insert(QStringLiteral("CapDrop"), QJsonArray{QStringLiteral("ALL")});
    if (config.containerRoot && !config.keepCapabilities && !isRoot(user)) {
        // Without these, root has no access to the files of the user, and cannot give its outputs to the user.
        host.insert(QStringLiteral("CapAdd"),
                    QJsonArray{QStringLiteral("CHOWN"), QStringLiteral("DAC_OVERRIDE"), QStringLiteral("FOWNER")});
    }
    if (!config.newPrivileges)
        host.insert(QStringLiteral("SecurityOpt"), QJsonArray{QStringLiteral("no-new-privileges")});
    if (hasReadOnlyRoot(config, image.labels)) {
        host.insert(QStringLiteral("ReadonlyRootfs"), true);
        host.insert(QStringLiteral("Tmpfs"),
                    QJsonObject{{QStringLiteral("/tmp"), QStringLiteral("rw,exec,nosuid,nodev,mode=1777")}});
    }
}

} // namespace

ContainerUser ContainerUser::of(bool isRootless)
{
    return isRootless ? ContainerUser{0, 0} : ContainerUser{getuid(), getgid()};
}

QString ContainerUser::toString() const
{
    return QStringLiteral("%1:%2").arg(uid).arg(gid);
}

bool hasReadOnlyRoot(const WorkerConfig &config, const QHash<QString, QString> &labels)
{
    return !config.writableRoot && labels.value(dockerlabel::readOnlyRoot) == QLatin1String("true");
}

QString containerName(const StartRequest &request)
{
    return QStringLiteral("lifeguard-%1-%2-%3")
        .arg(request.managerId.left(instanceLength), request.pool)
        .arg(request.index);
}

QString shortContainerId(const QString &id)
{
    return id.left(shortIdLength);
}

QString imageOf(const WorkerConfig &config)
{
    // Image names must not contain uppercase letters.
    return config.image.isEmpty() ? QStringLiteral("lifeguard-%1:latest").arg(config.type.toLower()) : config.image;
}

QJsonObject containerSpec(const StartRequest &request, const DockerImage &image, const ContainerUser &user,
                          const ProcessIdentity &manager)
{
    const WorkerConfig &config = request.config;
    const bool isClm = isClmContainer(config, image);
    QJsonObject labels{{dockerlabel::manager, request.managerId},
                       {dockerlabel::managerProcess, manager.toString()},
                       {dockerlabel::pool, request.pool},
                       {dockerlabel::maxJobTime, QString::number(config.maxJobTime.count())},
                       {dockerlabel::database, request.databasePath}};
    if (config.detach)
        labels.insert(dockerlabel::detached, QStringLiteral("true"));

    QJsonObject host{
        {QStringLiteral("Mounts"), mountsOf(request, isClm)},
        {QStringLiteral("NetworkMode"), config.network},
        {QStringLiteral("PidsLimit"), config.pidsLimit},
        {QStringLiteral("ShmSize"), sharedMemory},
        // ContainerLog copies the output to the log of the worker. The engine's own copy is limited, so that it cannot
        // fill the disk.
        {QStringLiteral("LogConfig"),
         QJsonObject{{QStringLiteral("Type"), QStringLiteral("json-file")},
                     {QStringLiteral("Config"), QJsonObject{{QStringLiteral("max-size"), QStringLiteral("10m")},
                                                            {QStringLiteral("max-file"), QStringLiteral("2")}}}}},
    };
    if (config.memoryLimitMb > 0) {
        host.insert(QStringLiteral("Memory"), config.memoryLimitMb * mebibyte);
        // The limit of memory and swap together, so that no swap is used.
        host.insert(QStringLiteral("MemorySwap"), config.memoryLimitMb * mebibyte);
    }
    if (config.cpuLimit > 0)
        host.insert(QStringLiteral("NanoCpus"), qint64(config.cpuLimit * 1e9));
    if (config.openFilesLimit > 0) {
        host.insert(QStringLiteral("Ulimits"),
                    QJsonArray{QJsonObject{{QStringLiteral("Name"), QStringLiteral("nofile")},
                                           {QStringLiteral("Soft"), config.openFilesLimit},
                                           {QStringLiteral("Hard"), config.openFilesLimit}}});
    }
    addProtections(host, config, image, user);

    QJsonObject spec{{QStringLiteral("Image"), imageOf(config)},
                     {QStringLiteral("User"), (config.containerRoot ? ContainerUser() : user).toString()},
                     {QStringLiteral("WorkingDir"),
                      config.workingDir.isEmpty() ? QStringLiteral("/workspace") : config.workingDir},
                     {QStringLiteral("Env"), environmentOf(request, user, isClm)},
                     {QStringLiteral("Labels"), labels},
                     {QStringLiteral("HostConfig"), host}};
    if (!config.command.isEmpty()) {
        // As in direct mode, the command replaces the worker program, not its arguments.
        spec.insert(QStringLiteral("Entrypoint"), QJsonArray::fromStringList(config.command.mid(0, 1)));
        spec.insert(QStringLiteral("Cmd"), QJsonArray::fromStringList(config.command.mid(1)));
    }
    return spec;
}

std::optional<ProcessIdentity> processOfContainer(const DockerContainer &container)
{
    if (container.pid <= 0 || container.id.isEmpty())
        return {};
    // The engine may run on another machine or in a virtual one, where the pid belongs to another process. The cgroup
    // identifies the container.
    QFile cgroup(QStringLiteral("/proc/%1/cgroup").arg(container.pid));
    if (!cgroup.open(QIODevice::ReadOnly) || !cgroup.readAll().contains(container.id.toLatin1()))
        return {};
    return ProcessIdentity::of(container.pid);
}

} // namespace lifeguard
