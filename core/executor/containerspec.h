// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/docker/dockertypes.h"
#include "core/executor/workerexecutor.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Labels of the containers that Lifeguard creates, and of images that contain lifeguard-worker. In reverse-DNS
/// notation, as Docker recommends.
namespace dockerlabel {
inline constexpr auto manager = QLatin1String("org.lifeguard.manager"); ///< the id of the manager in lifeguard_managers
inline constexpr auto managerProcess = QLatin1String("org.lifeguard.manager-process"); ///< ProcessIdentity::toString()
inline constexpr auto pool = QLatin1String("org.lifeguard.pool");
inline constexpr auto database = QLatin1String("org.lifeguard.database"); ///< the path of the database on the host
inline constexpr auto maxJobTime = QLatin1String("org.lifeguard.max-job-time"); ///< seconds
inline constexpr auto detached = QLatin1String("org.lifeguard.detach"); ///< "true": the container outlives its manager
/// Of an image that contains lifeguard-worker: the type of its worker.
inline constexpr auto workerType = QLatin1String("org.lifeguard.worker-type");
/// Of an image; "true" if its programs write only below /tmp.
inline constexpr auto readOnlyRoot = QLatin1String("org.lifeguard.read-only-root");
/// Of a network; "true" if Lifeguard has created it.
inline constexpr auto network = QLatin1String("org.lifeguard.network");
} // namespace dockerlabel

/// A user in a container.
struct ContainerUser
{
    qint64 uid = 0;
    qint64 gid = 0;

    bool operator==(const ContainerUser &) const = default;
    [[nodiscard]] QString toString() const; ///< "UID:GID"
    /// Returns the user of this program; for a rootless engine, returns root, which is the user of the engine outside
    /// the container.
    [[nodiscard]] static ContainerUser of(bool isRootless);
};

/// Returns whether the root file system of a container is read-only. labels: those of its image, or of the container,
/// which has the labels of its image. A pure function.
[[nodiscard]] bool hasReadOnlyRoot(const WorkerConfig &config, const QHash<QString, QString> &labels);

/// Returns "lifeguard-{instance}-{pool}-{index}". The instance is the beginning of the manager's id, so the names of
/// two managers never collide.
[[nodiscard]] QString containerName(const StartRequest &request);

/// Returns the body of POST /containers/create for a worker (docs/protocol.md, "Starting, stopping, killing"). image:
/// from its inspection. user: the owner of the outputs, as which the container runs unless the configuration requests
/// root. Passes on pass_environment, LOG_LEVEL, and for programs of CLM their settings, from the environment of this
/// program.
[[nodiscard]] QJsonObject containerSpec(const StartRequest &request, const DockerImage &image,
                                        const ContainerUser &user, const ProcessIdentity &manager);

/// Returns the configured image; if there is none, "lifeguard-{type}:latest", which packaging/images/build.sh builds.
[[nodiscard]] QString imageOf(const WorkerConfig &config);

/// Returns the first 12 characters of a container id. They are the HOSTNAME of the container, the name under which its
/// worker registers, and the executor id of that worker.
[[nodiscard]] QString shortContainerId(const QString &id);

/// Returns the first process of a container; nothing if the engine runs on another machine or the process is not
/// visible from here.
[[nodiscard]] std::optional<ProcessIdentity> processOfContainer(const DockerContainer &container);

} // namespace lifeguard
