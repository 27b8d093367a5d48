// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/docker/dockertypes.h"
#include "core/executor/workerexecutor.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Labels of our containers, and of images with our worker in them. Reverse-DNS, as Docker asks for.
namespace dockerlabel {
inline constexpr auto manager = QLatin1String("org.lifeguard.manager"); ///< its id in lifeguard_managers
inline constexpr auto managerProcess = QLatin1String("org.lifeguard.manager-process"); ///< ProcessIdentity::toString()
inline constexpr auto pool = QLatin1String("org.lifeguard.pool");
inline constexpr auto database = QLatin1String("org.lifeguard.database"); ///< path on the host
inline constexpr auto maxJobTime = QLatin1String("org.lifeguard.max-job-time"); ///< seconds
inline constexpr auto detached = QLatin1String("org.lifeguard.detach"); ///< "true": it outlives its manager
inline constexpr auto workerType = QLatin1String("org.lifeguard.worker-type"); ///< of an image: lifeguard-worker is in it
inline constexpr auto readOnlyRoot = QLatin1String("org.lifeguard.read-only-root"); ///< "true", of an image: it writes below /tmp only
inline constexpr auto network = QLatin1String("org.lifeguard.network"); ///< "true", of a network that we made
} // namespace dockerlabel

/// Whom a container runs as.
struct ContainerUser
{
    qint64 uid = 0;
    qint64 gid = 0;

    bool operator==(const ContainerUser &) const = default;
    /// This program's user; in a rootless engine the root in there, which is the engine's user out here.
    [[nodiscard]] static ContainerUser of(bool isRootless);
};

/// "lifeguard-{instance}-{pool}-{index}": the pool's name is the type, or "type-2" for a second pool of one type; the instance is the
/// manager's, so that two managers never collide.
[[nodiscard]] QString containerName(const StartRequest &request);

/// The body of POST /containers/create for this worker (shared/PROTOCOL.md, "Starting, stopping, killing"). A pure function.
/// image: as inspected.
[[nodiscard]] QJsonObject containerSpec(const StartRequest &request, const DockerImage &image, const ContainerUser &user, const ProcessIdentity &manager);

/// The image that is used where a configuration names none: "lifeguard-plantuml:latest" (packaging/images/build.sh makes it).
[[nodiscard]] QString imageOf(const WorkerConfig &config);

/// The executor's name of a container, and what a worker in it registers as: its HOSTNAME, the first 12 characters of the id.
[[nodiscard]] QString shortContainerId(const QString &id);

/// The process of a container, where the engine runs on this machine and it can be seen from here; nothing otherwise.
[[nodiscard]] std::optional<ProcessIdentity> processOfContainer(const DockerContainer &container);

} // namespace lifeguard
