// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/docker/dockerendpoint.h"
#include "core/docker/dockertypes.h"

#include <QFuture>
#include <QHash>
#include <QJsonObject>
#include <QSet>
#include <QString>

#include <optional>

namespace lifeguard {

/// The state of a container engine with respect to one image.
struct ImageInspection
{
    std::optional<Error> engineError; ///< the engine cannot be used: not installed, not running, no permission, …
    std::optional<Error> imageError; ///< the engine is available but does not have the image (NotFound), or cannot
                                     ///< inspect it
    DockerImage image; ///< valid if there is no error

    bool operator==(const ImageInspection &) const = default;
};

/// The operations that only a container engine provides, in addition to those of WorkerExecutor, which also covers
/// processes. A pure interface: the pool layer depends on it, and tests replace it. All calls are asynchronous, on the
/// thread of the object that implements it. Nothing contacts an engine before the first call.
class ContainerEngine
{
public:
    virtual ~ContainerEngine() = default;

    /// Requests the version of the engine, then inspects the image.
    [[nodiscard]] virtual QFuture<ImageInspection> inspectImage(const QString &image) = 0;
    /// Pulls the image unless the engine has it. Concurrent calls for one image share one pull; the progress is
    /// reported by WorkerExecutor::imagePreparationChanged().
    [[nodiscard]] virtual QFuture<Status> ensureImage(const QString &image) = 0;
    /// Returns all images that the engine has.
    [[nodiscard]] virtual QFuture<Result<QList<DockerImage>>> images() = 0;
    /// Returns the complete description of a container, as `docker inspect` prints it. id: the full id, or a prefix of
    /// it.
    [[nodiscard]] virtual QFuture<Result<QJsonObject>> inspectContainer(const QString &id) = 0;
    /// Returns the address of the engine, for programs such as `docker exec`; an error if the configured address is
    /// invalid.
    [[nodiscard]] virtual Result<DockerEndpoint> endpoint() = 0;
    /// Sets the ids of the managers that are registered in the database. Ended containers of other managers are
    /// removed.
    virtual void setManagers(const QSet<QString> &managers) = 0;
    /// Sets the max_job_time of the running jobs that have one of their own, by the executor ids of their workers.
    /// Containers of managers that are gone have this time to finish such a job.
    virtual void setJobLimits(const QHash<QString, seconds> &limits) = 0;

protected:
    ContainerEngine() = default;
    Q_DISABLE_COPY_MOVE(ContainerEngine)
};

} // namespace lifeguard
