// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containeradvice.h"

#include "core/executor/containerspec.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr int exitNotExecutable = 126; ///< of a shell: the program exists, but may not be executed

/// Returns whether a line of output is about a missing permission. Programs print the texts of the C library in English
/// unless a locale is set, which is rare in images.
bool isAboutPermission(const QString &line)
{
    static const QStringList phrases{
        QStringLiteral("permission denied"),
        QStringLiteral("operation not permitted"),
        QStringLiteral("read-only file"),
        QStringLiteral("eacces"),
        QStringLiteral("eperm"),
        QStringLiteral("erofs"),
        QStringLiteral("must be root"),
        QStringLiteral("run as root"),
        QStringLiteral("requires root"),
        QStringLiteral("need to be root"),
        QStringLiteral("are you root"),
        QStringLiteral("not running as root"),
        QStringLiteral("superuser"),
        QStringLiteral("root privileges"),
        QStringLiteral("no new privileges"),
    };
    return std::any_of(phrases.cbegin(), phrases.cend(),
                       [&line](const QString &phrase) { return line.contains(phrase, Qt::CaseInsensitive); });
}

/// Returns whether the engine could not execute the program of a container, because only root may. Other errors of the
/// engine that mention permissions are about the engine itself.
bool isAboutExecution(const QString &error)
{
    return error.contains(QLatin1String("exec"))
        && error.contains(QLatin1String("permission denied"), Qt::CaseInsensitive);
}

bool mentionsNewPrivileges(const QStringList &lines)
{
    return std::any_of(lines.cbegin(), lines.cend(), [](const QString &line) {
        return line.contains(QLatin1String("new privileges"), Qt::CaseInsensitive)
            || line.contains(QLatin1String("sudo")) || line.contains(QLatin1String("setuid"));
    });
}

/// Returns whether the container runs lifeguard-worker in one of our own images. The label alone does not tell, because
/// images of users have it as well (resources/help/docker.md).
bool isOwnImage(const WorkerConfig &config, const DockerContainer &container)
{
    return config.command.isEmpty() && container.labels.contains(dockerlabel::workerType)
        && imageOf(config).section(u'/', -1).startsWith(QStringLiteral("lifeguard-") + config.type.toLower());
}

bool mayLackPermission(const DockerContainer &container, const WorkerExit &exit)
{
    if (exit.isClean() || exit.isBlameless || exit.outOfMemory)
        return false;
    const QStringList &lines = exit.lastLines;
    if (std::any_of(lines.cbegin(), lines.cend(), isAboutPermission) || isAboutExecution(container.error))
        return true;
    // A program that fails silently may have met anything.
    return exit.kind == WorkerExit::Kind::Exited && (exit.code == exitNotExecutable || lines.isEmpty());
}

} // namespace

Message containerAdvice(const WorkerConfig &config, const DockerContainer &container, const WorkerExit &exit)
{
    if (isOwnImage(config, container) || !mayLackPermission(container, exit))
        return {};
    QList<Message> protections;
    if (!container.user.isEmpty() && container.user != ContainerUser().toString())
        protections.append(Message("container_ran_as_user", {container.user}));
    if (!config.keepCapabilities)
        protections.append(Message("container_had_no_capabilities"));
    if (hasReadOnlyRoot(config, container.labels))
        protections.append(Message("container_had_read_only_root"));
    if (!config.newPrivileges && mentionsNewPrivileges(exit.lastLines))
        protections.append(Message("container_had_no_new_privileges"));
    return protections.isEmpty() ? Message() : Message("container_advice", {Message::list(protections).asArgument()});
}

} // namespace lifeguard
