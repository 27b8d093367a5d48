// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/configfollower.h"

#include "core/session/managersession.h"

#include <QLoggingCategory>

#include <algorithm>

namespace lifeguard {
namespace {

QStringList namesOf(const QList<NamedPool> &pools)
{
    QStringList names;
    for (const NamedPool &pool : pools)
        names.append(pool.name);
    return names;
}

QString filterRules(LogLevel level)
{
    QStringList rules;
    const auto set = [&rules](const char *type, bool isLogged) {
        rules.append(QStringLiteral("lifeguard.*.%1=%2")
                         .arg(QString::fromLatin1(type), isLogged ? QStringLiteral("true") : QStringLiteral("false")));
    };
    set("debug", level == LogLevel::Debug);
    set("info", level <= LogLevel::Info);
    set("warning", level <= LogLevel::Warning);
    return rules.join(u'\n');
}

} // namespace

ConfigFollower::ConfigFollower(ManagerSession &session, RunningConfig config, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_config(std::move(config))
    , m_applier(session)
{
    Q_ASSERT(m_config.selection.isUsable());
    connect(&m_applier, &ConfigApplier::failed, this, &ConfigFollower::failed);
}

ConfigFollower::~ConfigFollower() = default;

void ConfigFollower::start()
{
    m_session.configure(m_config.selection.result->configuration);
    m_applier.apply(m_config.selection.result->configuration);
    m_watcher = std::make_unique<ConfigWatcher>(m_config.selection, m_config.options, m_config.trust);
    connect(m_watcher.get(), &ConfigWatcher::changed, this, &ConfigFollower::apply);
    connect(m_watcher.get(), &ConfigWatcher::checked, this, &ConfigFollower::checked);
    connect(m_watcher.get(), &ConfigWatcher::refused, this, [this](const QString &reason) {
        Q_EMIT refused(tr("The changed configuration file is not applied; the pools stay as they are.") + u'\n'
                       + reason);
    });
}

void ConfigFollower::apply(const LoadedConfiguration &loaded)
{
    m_session.configure(loaded.configuration);
    const ConfigDiff diff = m_applier.apply(loaded.configuration);
    QStringList names = namesOf(diff.changed);
    for (const PoolCountChange &change : diff.counts)
        names.append(change.name);
    QStringList parts;
    const QString comma = QStringLiteral(", ");
    if (!diff.added.isEmpty())
        parts.append(tr("Added pools: %1.").arg(namesOf(diff.added).join(comma)));
    if (!diff.removed.isEmpty())
        parts.append(tr("Removed pools: %1.").arg(diff.removed.join(comma)));
    if (!names.isEmpty())
        parts.append(tr("Changed pools: %1.").arg(names.join(comma)));
    if (!diff.restartKeys.isEmpty())
        parts.append(tr("Changes of these keys take effect at the next start: %1.").arg(diff.restartKeys.join(comma)));
    Q_EMIT applied(tr("The configuration file %1 was changed.").arg(m_config.selection.found.path) + u' '
                   + parts.join(u' '));
}

void applyProcessSettings(const LoadedConfiguration &loaded)
{
    const auto isNamed = [&loaded](const QString &path) {
        return std::any_of(loaded.values.begin(), loaded.values.end(), [&path](const EffectiveValue &value) {
            return value.path == path && value.source.kind != ConfigSource::Kind::Default;
        });
    };
    const Configuration &configuration = loaded.configuration;
    if (isNamed(QStringLiteral("log_level"))) {
        qputenv("LOG_LEVEL", toString(configuration.logLevel).toUpper().toUtf8()); // the workers inherit it
        QLoggingCategory::setFilterRules(filterRules(configuration.logLevel));
    }
    if (!configuration.docker.host.isEmpty())
        qputenv("DOCKER_HOST", configuration.docker.host.toUtf8());
}

} // namespace lifeguard
