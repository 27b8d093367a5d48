// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

// Values that the Engine API returns, reduced to the fields that Lifeguard uses. The pure functions fromJson() accept
// any JSON: a field that is missing or has another type is left empty and is not an error.

/// The engine behind an endpoint.
struct EngineInfo
{
    QString version; ///< "20.10.24+dfsg1"
    QString apiVersion; ///< the negotiated version of the API, "1.41"
    QString operatingSystem; ///< "linux"
    QString architecture; ///< "amd64"

    bool operator==(const EngineInfo &) const = default;
};

/// An image, from a list of images or from its inspection.
struct DockerImage
{
    QString id; ///< "sha256:…"
    QStringList tags; ///< "lifeguard-noop:latest"; empty for an image without a name
    qint64 bytes = 0;
    QDateTime createdAt; ///< UTC
    QHash<QString, QString> labels;
    QString user; ///< the configured user; only from an inspection
    QStringList entrypoint; ///< only from an inspection
    QStringList command; ///< only from an inspection

    bool operator==(const DockerImage &) const = default;
    /// Returns whether the image has this id or this name. A name without a tag means "latest". Podman lists the
    /// complete names "localhost/NAME" and "docker.io/library/NAME" of images that are requested as NAME.
    [[nodiscard]] bool hasName(const QString &name) const;
    [[nodiscard]] static DockerImage fromJson(const QJsonObject &json); ///< reads /images/json and /images/NAME/json
};

/// A container, from a list of containers or from its inspection.
struct DockerContainer
{
    QString id; ///< 64 characters
    QString name; ///< without the slash
    QString image; ///< the name that was requested
    QHash<QString, QString> labels;
    QString state; ///< "created", "running", "paused", "restarting", "removing", "exited", "dead"
    // Only from an inspection:
    qint64 pid = 0; ///< on the machine of the engine; 0 if the container does not run
    int exitCode = 0;
    bool outOfMemory = false; ///< OOMKilled
    QString error; ///< of the engine, if it could not start the container
    QString user; ///< "UID:GID"
    QString health; ///< "healthy", "unhealthy", "starting"; empty if the container has no health check
    bool hasTty = false;
    QDateTime startedAt; ///< UTC
    QDateTime finishedAt; ///< UTC; invalid while the container runs

    bool operator==(const DockerContainer &) const = default;
    [[nodiscard]] bool isRunning() const
    {
        return state == QLatin1String("running") || state == QLatin1String("paused");
    }
    [[nodiscard]] static DockerContainer fromJson(const QJsonObject &json); ///< reads /containers/json and
                                                                            ///< /containers/ID/json
};

/// A container event of /events.
struct ContainerEvent
{
    QString action; ///< in Docker's words, also for Podman: "start", "die", "oom", "kill", "destroy", "pause",
                    ///< "unpause", "health_status: unhealthy", …
    QString id;
    QHash<QString, QString> attributes; ///< "exitCode", "signal", "name", "image", and the labels
    qint64 timeNano = 0; ///< since 1970

    bool operator==(const ContainerEvent &) const = default;
    /// Returns nothing if the event is not about a container.
    [[nodiscard]] static std::optional<ContainerEvent> fromJson(const QJsonObject &json);
};

/// The resource usage of a container, from /containers/ID/stats.
struct ContainerSample
{
    double cpuPercent = 0; ///< of one core: (delta of total / delta of system) x online CPUs x 100, as `docker stats`
                           ///< computes it; 0 in the first sample
    double cpuSeconds = 0; ///< CPU time since its start
    qint64 memoryBytes = 0; ///< usage minus the file cache that can be freed: total_inactive_file (cgroup v1),
                            ///< inactive_file (v2)
    qint64 memoryLimit = 0; ///< bytes; 0: none
    int processes = 0;

    bool operator==(const ContainerSample &) const = default;
    /// Returns nothing if the container does not run.
    [[nodiscard]] static std::optional<ContainerSample> fromJson(const QJsonObject &json);
};

/// The progress of a pull, over all layers.
struct PullProgress
{
    QString status; ///< the current step, in the words of the engine
    qint64 bytes = 0;
    qint64 total = 0; ///< of the layers reported so far; grows as the engine reports more layers

    bool operator==(const PullProgress &) const = default;
};

} // namespace lifeguard
