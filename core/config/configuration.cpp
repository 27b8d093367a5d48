// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configuration.h"

#include "core/config/durationvalue.h"
#include "core/config/hookfields.h"
#include "core/config/sizevalue.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr seconds minRetention{60}; ///< also rejects "14", which is meant in days
constexpr qint64 minLogSize = 1LL << 20;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Configuration", text);
}

/// Returns a field for a size that the member stores in bytes.
ConfigField<RetentionConfig> logSizeField()
{
    ConfigField<RetentionConfig> result;
    result.key = QStringLiteral("log_size");
    result.kind = FieldInfo::Kind::Size;
    result.description = tr("The size to which the log of a worker may grow");
    result.parse = [](RetentionConfig &config, const QString &text, Spelling) {
        return parseBytes(text, config.logSize);
    };
    result.format = [](const RetentionConfig &config, Spelling) { return formatSize(config.logSize); };
    return result;
}

ConfigField<Configuration> notNegative(ConfigField<Configuration> field)
{
    field.minimum = 0;
    return field;
}

} // namespace

const NamedPool *Configuration::pool(const QString &name) const
{
    const auto found = std::find_if(pools.begin(), pools.end(),
                                    [&name](const NamedPool &each) { return each.name == name; });
    return found == pools.end() ? nullptr : &*found;
}

const QList<ConfigField<Configuration>> &configurationFields()
{
    static const QList<ConfigField<Configuration>> all{
        valueField("database", &Configuration::database, tr("The path of the job queue")),
        valueField("workspace", &Configuration::workspace,
                   tr("The folder that inputs are read from and outputs are written to")),
        choiceField("log_level", &Configuration::logLevel,
                    {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error},
                    tr("Which messages are logged")),
        notNegative(valueField("max_total_workers", &Configuration::maxTotalWorkers,
                               tr("The number of workers up to which pools with scaling grow; 0: no limit"))),
        notNegative(
            valueField("max_machine_workers", &Configuration::maxMachineWorkers,
                       tr("The same for all programs on this machine that use the same database; 0: no limit"))),
        hooksField()};
    return all;
}

const QList<ConfigField<DockerConfig>> &dockerConfigFields()
{
    static const QList<ConfigField<DockerConfig>> all{
        valueField("host", &DockerConfig::host, tr("The address of the container engine, as in DOCKER_HOST"))};
    return all;
}

const QList<ConfigField<RetentionConfig>> &retentionFields()
{
    static const QList<ConfigField<RetentionConfig>> all{
        valueField("completed", &RetentionConfig::completed, tr("How long completed jobs are kept")),
        valueField("failed", &RetentionConfig::failed, tr("How long failed and cancelled jobs are kept")),
        valueField("events", &RetentionConfig::events, tr("How long events are kept")),
        valueField("workers", &RetentionConfig::workers, tr("How long the rows of ended workers are kept")),
        valueField("logs", &RetentionConfig::logs, tr("How long the logs of ended workers are kept")),
        logSizeField(),
        valueField("results", &RetentionConfig::results, tr("How long results are kept in the cache")),
        valueField("foreign_jobs", &RetentionConfig::foreignJobs,
                   tr("Whether jobs and cached results of other programs are deleted too"))};
    return all;
}

const QList<ConfigField<MetricsConfig>> &metricsFields()
{
    static const QList<ConfigField<MetricsConfig>> all{
        valueField("listen", &MetricsConfig::listen,
                   tr("The address of the server for metrics, for example 127.0.0.1:9464"))};
    return all;
}

QList<ConfigError> validate(const Configuration &config)
{
    QList<ConfigError> errors;
    const std::pair<const char *, int> limits[] = {{"max_total_workers", config.maxTotalWorkers},
                                                   {"max_machine_workers", config.maxMachineWorkers}};
    for (const auto &[key, limit] : limits) {
        if (limit < 0)
            errors.append(
                {QString::fromLatin1(key),
                 tr("The number %1 is negative. Allowed are positive numbers, and 0 for no limit.").arg(limit)});
    }
    for (qsizetype i = 0; i < config.hooks.size(); ++i) {
        const QList<ConfigError> ofHook = config.hooks.at(i).validate();
        for (const ConfigError &error : ofHook)
            errors.append({QStringLiteral("hooks[%1].%2").arg(i).arg(error.field), error.message});
    }
    return errors;
}

QList<ConfigError> validate(const DockerConfig &config)
{
    static const QRegularExpression address(QStringLiteral("\\A(unix:///.+|(tcp|http|https)://[^/\\s]+/?)\\z"));
    if (config.host.isEmpty() || address.match(config.host).hasMatch())
        return {};
    return {{QStringLiteral("host"), tr("'%1' is not the address of an engine. Allowed are addresses such as "
                                        "unix:///var/run/docker.sock and tcp://localhost:2376.")
                                         .arg(config.host)}};
}

QList<ConfigError> validate(const RetentionConfig &config)
{
    QList<ConfigError> errors;
    const std::pair<const char *, RetentionConfig::Duration> durations[] = {
        {"completed", config.completed}, {"failed", config.failed}, {"events", config.events},
        {"workers", config.workers},     {"logs", config.logs},     {"results", config.results}};
    for (const auto &[key, duration] : durations) {
        if (duration && *duration < minRetention)
            errors.append(
                {QString::fromLatin1(key), tr("The time %1 is too short. Allowed are at least %2, or "
                                              "'forever'. Days are written as 14d.")
                                               .arg(formatDuration(*duration), formatDuration(minRetention))});
    }
    if (config.logSize < minLogSize)
        errors.append({QStringLiteral("log_size"), tr("The size %1 is too small. Allowed are at least %2.")
                                                       .arg(formatSize(config.logSize), formatSize(minLogSize))});
    return errors;
}

QList<ConfigError> validate(const MetricsConfig &config)
{
    static const QRegularExpression address(QStringLiteral("\\A([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})\\z"));
    const QRegularExpressionMatch match = address.match(config.listen);
    const int port = match.captured(2).toInt();
    if (config.listen.isEmpty() || (match.hasMatch() && port >= 1 && port <= 65535))
        return {};
    return {{QStringLiteral("listen"), tr("'%1' is not an address with a port. Allowed are addresses such as "
                                          "127.0.0.1:9464, with a port from 1 to 65535.")
                                           .arg(config.listen)}};
}

} // namespace lifeguard
