// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dashboardconfig.h"

#include <QCoreApplication>

#include <utility>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::dashboardConfig)
};

} // namespace

std::optional<RunningConfig> findConfig(const QString &option, const QString &workspace, ConfigOptions options)
{
    RunningConfig config;
    config.options = std::move(options);
    const ConfigPlaces places = ConfigPlaces::of(config.options.environment, option, workspace);
    std::optional<ConfigSelection> selection = loadConfig(places, config.options, config.trust);
    if (!selection) {
        return std::nullopt;
    }
    config.selection = std::move(*selection);
    return config;
}

ConfigOptions configOptionsFor(const QString &database, const QString &workspace)
{
    ConfigOptions options;
    options.environment = QProcessEnvironment::systemEnvironment();
    options.arguments.append({{QStringLiteral("database")}, database, QStringLiteral("--db")});
    options.arguments.append({{QStringLiteral("workspace")}, workspace, QStringLiteral("--workspace")});
    return options;
}

void useConfig(DashboardOptions &options, const RunningConfig &config)
{
    const Configuration &configuration = config.selection.result->configuration;
    options.use(configuration);
    options.metrics = configuration.metrics.listen;
    if (options.pools.isEmpty() && !options.readOnly) {
        options.config = config;
    }
}

void reportConfigProblem(DashboardOptions &options, const RunningConfig &config)
{
    options.configProblem = Text::tr("The configuration file is not used.") + QLatin1Char('\n')
                          + errorLines(config.selection.result.error());
}

QStringList keysForNextStart(const LoadedConfiguration &loaded)
{
    QStringList keys;
    const Configuration &configuration = loaded.configuration;
    const auto isNamed = [&loaded](const QString &path) {
        return std::any_of(loaded.values.begin(), loaded.values.end(), [&path](const EffectiveValue &value) {
            return value.path == path && value.source.kind != ConfigSource::Kind::Default;
        });
    };
    if (isNamed(QStringLiteral("log_level"))
        && qEnvironmentVariable("LOG_LEVEL", toString(Configuration().logLevel))
                   .compare(toString(configuration.logLevel), Qt::CaseInsensitive)
               != 0) {
        keys.append(QStringLiteral("log_level"));
    }
    if (!configuration.docker.host.isEmpty() && qEnvironmentVariable("DOCKER_HOST") != configuration.docker.host) {
        keys.append(QStringLiteral("docker"));
    }
    return keys;
}

} // namespace lifeguard
