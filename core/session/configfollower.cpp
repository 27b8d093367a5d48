// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/configfollower.h"

#include "core/session/managersession.h"

#include <QLoggingCategory>

#include <algorithm>
#include <utility>

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

/// Returns sentences that say what has changed.
Message describe(const QString &path, const ConfigDiff &diff)
{
    QStringList changed = namesOf(diff.changed);
    for (const PoolCountChange &change : diff.counts)
        changed.append(change.name);
    const std::pair<const char *, QStringList> parts[] = {{"config_added", namesOf(diff.added)},
                                                          {"config_removed", diff.removed},
                                                          {"config_changed_pools", changed},
                                                          {"config_next_start", diff.restartKeys}};
    Message changes;
    for (const auto &[code, names] : parts) {
        if (names.isEmpty())
            continue;
        const Message part(code, {names.join(QStringLiteral(", "))});
        changes = changes.isEmpty() ? part : Message("config_two_changes", {changes.asArgument(), part.asArgument()});
    }
    return changes.isEmpty() ? Message("config_changed", {path})
                             : Message("config_changed_how", {path, changes.asArgument()});
}

} // namespace

ConfigFollower::ConfigFollower(ManagerSession &session, RunningConfig config, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_config(std::move(config))
    , m_applier(session)
{
    Q_ASSERT(m_config.selection.isUsable());
    connect(&m_applier, &ConfigApplier::failed, this, [this](const QString &message) {
        record(EventKind::ConfigRefused, Message::literal(message));
        Q_EMIT failed(message);
    });
}

ConfigFollower::~ConfigFollower() = default;

void ConfigFollower::start()
{
    m_session.configure(m_config.selection.result->configuration);
    record(EventKind::ConfigApplied, Message("config_started", {m_config.selection.found.path}));
    m_applier.apply(m_config.selection.result->configuration);
    m_watcher = std::make_unique<ConfigWatcher>(m_config.selection, m_config.options, m_config.trust);
    connect(m_watcher.get(), &ConfigWatcher::changed, this, &ConfigFollower::apply);
    connect(m_watcher.get(), &ConfigWatcher::checked, this, &ConfigFollower::checked);
    connect(m_watcher.get(), &ConfigWatcher::refused, this, [this](const QString &reason) {
        record(EventKind::ConfigRefused,
               Message("config_refused", {m_config.selection.found.path, Message::literal(reason).asArgument()}));
        Q_EMIT refused(tr("The changed configuration file is not applied; the pools stay as they are.") + u'\n'
                       + reason);
    });
}

void ConfigFollower::apply(const LoadedConfiguration &loaded)
{
    m_session.configure(loaded.configuration);
    const Message message = describe(m_config.selection.found.path, m_applier.apply(loaded.configuration));
    record(EventKind::ConfigApplied, message);
    Q_EMIT applied(message.translatedText());
}

void ConfigFollower::record(EventKind kind, const Message &message)
{
    m_session.manager()->recordEvent(kind, message);
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
