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

// What the Engine API answers, as far as it is needed here: plain values, read from JSON by pure functions (fromJson), which take
// anything: what is missing or of another type is empty, never an error.

struct EngineInfo
{
    QString version; ///< of the engine, "20.10.24+dfsg1"
    QString apiVersion; ///< that is spoken: the newer of what both know, "1.41"
    QString operatingSystem; ///< "linux"
    QString architecture; ///< "amd64"

    bool operator==(const EngineInfo &) const = default;
};

struct DockerImage
{
    QString id; ///< "sha256:…"
    QStringList tags; ///< "lifeguard-noop:latest"; empty for one without a name
    qint64 bytes = 0;
    QDateTime createdAt; ///< UTC
    QHash<QString, QString> labels;
    QString user; ///< of its configuration; only when inspected
    QStringList entrypoint; ///< only when inspected

    bool operator==(const DockerImage &) const = default;
    [[nodiscard]] static DockerImage fromJson(const QJsonObject &json); ///< of /images/json and /images/NAME/json
};

struct DockerContainer
{
    QString id; ///< 64 characters
    QString name; ///< without the slash
    QString image; ///< as it was asked for
    QHash<QString, QString> labels;
    QString state; ///< "created", "running", "paused", "restarting", "removing", "exited", "dead"
    qint64 pid = 0; ///< on the engine's machine; 0: does not run; only when inspected, as is all below
    int exitCode = 0;
    bool outOfMemory = false; ///< OOMKilled
    QString error; ///< the engine's, where it could not be started
    QString health; ///< "healthy", "unhealthy", "starting"; empty: it has no check
    bool hasTty = false;
    QDateTime startedAt; ///< UTC
    QDateTime finishedAt; ///< UTC; invalid while it runs

    bool operator==(const DockerContainer &) const = default;
    [[nodiscard]] bool isRunning() const { return state == QLatin1String("running") || state == QLatin1String("paused"); }
    [[nodiscard]] static DockerContainer fromJson(const QJsonObject &json); ///< of /containers/json and /containers/ID/json
};

/// One of /events about a container.
struct ContainerEvent
{
    QString action; ///< "start", "die", "oom", "kill", "destroy", "pause", "unpause", "health_status: unhealthy", …
    QString id;
    QHash<QString, QString> attributes; ///< labels too; "exitCode", "signal", "name", "image"
    qint64 timeNano = 0; ///< since 1970

    bool operator==(const ContainerEvent &) const = default;
    /// Nothing: it is about something else.
    [[nodiscard]] static std::optional<ContainerEvent> fromJson(const QJsonObject &json);
};

/// One of /containers/ID/stats.
struct ContainerSample
{
    double cpuPercent = 0; ///< of one core; (delta of total / delta of system) x online CPUs x 100; 0 for the first (shared/FACTS.md)
    double cpuSeconds = 0; ///< used since its start
    qint64 memoryBytes = 0; ///< usage less the file cache that can be dropped: total_inactive_file (cgroup v1), inactive_file (v2)
    qint64 memoryLimit = 0; ///< 0: none
    int processes = 0;

    bool operator==(const ContainerSample &) const = default;
    /// Nothing: the container does not run (any more).
    [[nodiscard]] static std::optional<ContainerSample> fromJson(const QJsonObject &json);
};

/// How far a pull has come, over all layers.
struct PullProgress
{
    QString status; ///< the engine's words for what it does now
    qint64 bytes = 0;
    qint64 total = 0; ///< as far as known; grows while layers are found

    bool operator==(const PullProgress &) const = default;
};

} // namespace lifeguard
