// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configdiff.h"
#include "core/model/poolinfo.h"

#include <QHash>
#include <QObject>

namespace lifeguard {

class ManagerSession;

/// Keeps the pools of a session as a configuration describes them. Pools that did not change are not touched. A count
/// that a user has set stays until the configuration's count of that pool changes. Pools of other origins are ignored.
/// Use it from the thread of the session, once the session is ready.
class ConfigApplier : public QObject
{
    Q_OBJECT

public:
    /// The session must outlive this object.
    explicit ConfigApplier(ManagerSession &session, QObject *parent = nullptr);

    /// Starts, changes and removes pools. Returns what has changed since the last configuration.
    ConfigDiff apply(const Configuration &configuration);
    /// Returns the configuration that was applied last.
    [[nodiscard]] const Configuration &configuration() const { return m_configuration; }

Q_SIGNALS:
    /// A pool could not be started or changed. message: a sentence with the name of the pool.
    void failed(const QString &message);

private:
    void start(const NamedPool &pool);
    void change(const NamedPool &pool, const Configuration &before);
    void keep(const NamedPool &pool);
    void remove(const QString &name);
    void startWaiting(const QList<PoolInfo> &pools);
    [[nodiscard]] const PoolInfo *find(const QList<PoolInfo> &pools, const QString &name) const;

    ManagerSession &m_session;
    Configuration m_configuration;
    QHash<QString, QString> m_names; ///< of the running pools, by their names in the file
    QList<NamedPool> m_waiting; ///< start when the pool with their name is gone
};

} // namespace lifeguard
