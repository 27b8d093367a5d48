// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"
#include "core/config/hookconfig.h"
#include "core/config/loglevel.h"
#include "core/config/workerconfig.h"

namespace lifeguard {

/// How long history is kept. No value: forever.
struct RetentionConfig
{
    using Duration = std::optional<seconds>;

    Duration completed{seconds(14 * 86400)}; ///< completed jobs
    Duration failed{seconds(60 * 86400)}; ///< failed and cancelled jobs
    Duration events{seconds(30 * 86400)};
    Duration workers{seconds(7 * 86400)}; ///< rows of workers that have ended
    Duration logs{seconds(7 * 86400)}; ///< files
    qint64 logSize = 64LL << 20; ///< bytes of the log of one worker
    Duration results{seconds(90 * 86400)}; ///< the results cache
    bool foreignJobs = false; ///< also jobs and results of other programs are deleted
    bool isConfigured = false; ///< the configuration has the key retention; false: these are the defaults

    bool operator==(const RetentionConfig &) const = default;
};

/// The server for metrics.
struct MetricsConfig
{
    QString listen; ///< "ADDRESS:PORT"; empty: there is no server

    bool operator==(const MetricsConfig &) const = default;
};

/// The container engine.
struct DockerConfig
{
    QString host; ///< as in DOCKER_HOST; empty: the engine that the docker command would use

    bool operator==(const DockerConfig &) const = default;
};

/// A pool of a configuration.
struct NamedPool
{
    QString name;
    WorkerConfig config;

    bool operator==(const NamedPool &) const = default;
};

/// The content of a configuration file, with defaults for what it does not name. A value type.
struct Configuration
{
    QString database; ///< absolute path; empty: as without a configuration
    QString workspace; ///< absolute path; empty: as without a configuration
    LogLevel logLevel = LogLevel::Warning;
    DockerConfig docker;
    RetentionConfig retention;
    MetricsConfig metrics;
    int maxTotalWorkers = 0; ///< a limit for pools that scale; 0: no limit
    int maxMachineWorkers = 0; ///< likewise, for all managers on this machine
    QList<HookConfig> hooks; ///< in the order of the file
    QList<NamedPool> pools; ///< in the order of the file; the names differ

    bool operator==(const Configuration &) const = default;

    /// Returns the pool with this name, or nullptr.
    [[nodiscard]] const NamedPool *pool(const QString &name) const;
};

/// Returns the keys outside of sections.
[[nodiscard]] const QList<ConfigField<Configuration>> &configurationFields();
/// Returns the keys of the section docker.
[[nodiscard]] const QList<ConfigField<DockerConfig>> &dockerConfigFields();
/// Returns the keys of the section retention.
[[nodiscard]] const QList<ConfigField<RetentionConfig>> &retentionFields();
/// Returns the keys of the section metrics.
[[nodiscard]] const QList<ConfigField<MetricsConfig>> &metricsFields();

/// Returns what is wrong with the ranges of the keys outside of sections.
[[nodiscard]] QList<ConfigError> validate(const Configuration &config);
/// Returns what is wrong with the ranges of a section. The fields are keys of the section.
[[nodiscard]] QList<ConfigError> validate(const DockerConfig &config);
[[nodiscard]] QList<ConfigError> validate(const RetentionConfig &config);
[[nodiscard]] QList<ConfigError> validate(const MetricsConfig &config);

} // namespace lifeguard
