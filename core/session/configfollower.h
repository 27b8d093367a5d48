// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configlock.h"
#include "core/config/configwatcher.h"
#include "core/model/eventkind.h"
#include "core/model/message.h"
#include "core/session/configapplier.h"

#include <QObject>

#include <memory>

namespace lifeguard {

/// A configuration file that a program runs, and how it was read.
struct RunningConfig
{
    ConfigSelection selection; ///< usable
    ConfigOptions options;
    ConfigTrust trust;
};

/// Runs the pools of a configuration file in a session, and follows the file: changes are applied to running pools, and
/// versions that cannot be applied are reported. Each is also an event. Use it from the thread of the session.
class ConfigFollower : public QObject
{
    Q_OBJECT

public:
    /// The session must outlive this object.
    ConfigFollower(ManagerSession &session, RunningConfig config, QObject *parent = nullptr);
    ~ConfigFollower() override;

    /// Starts the pools, and begins to follow the file. Call it once the session is ready.
    void start();
    /// Returns the configuration that applies.
    [[nodiscard]] const Configuration &configuration() const { return m_applier.configuration(); }

Q_SIGNALS:
    /// The file was changed, and the pools match it. text: what has changed, as a sentence.
    void applied(const QString &text);
    /// The new version of the file cannot be applied. text: lines.
    void refused(const QString &text);
    /// A pool could not be started or changed.
    void failed(const QString &message);
    /// The file was read again. Emitted after the other signals, if they are emitted.
    void checked();

private:
    void apply(const LoadedConfiguration &loaded);
    void record(EventKind kind, const Message &message);

    ManagerSession &m_session;
    RunningConfig m_config;
    ConfigApplier m_applier;
    std::unique_ptr<ConfigWatcher> m_watcher;
};

/// Sets the log level and the address of the container engine of this process and of the workers that it starts, as far
/// as the configuration names them. Call it before other threads are started.
void applyProcessSettings(const LoadedConfiguration &loaded);

} // namespace lifeguard
