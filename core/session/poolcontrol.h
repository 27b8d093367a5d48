// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/model/poolinfo.h"
#include "core/session/commandsender.h"

#include <QObject>

#include <functional>
#include <optional>

namespace lifeguard {

class ManagerSession;

/// Controls the pools and workers of a database: those of the session's manager directly, and those of other managers
/// through the database. Never blocks; failures are reported later. The session must be open and outlive this object.
class PoolControl : public QObject
{
    Q_OBJECT

public:
    explicit PoolControl(ManagerSession &session, QObject *parent = nullptr);

    /// Returns the pools of other managers, according to the newest snapshot.
    [[nodiscard]] QList<PoolInfo> otherPools() const;
    /// Returns the pools of the session's manager, then those of other managers.
    [[nodiscard]] QList<PoolInfo> pools() const;
    /// Sends a command to the pool with this PoolInfo::key(). number: the count, for Scale; the seconds, for a limited
    /// Pause.
    void controlPool(CommandVerb verb, const QString &key, std::optional<int> number = {});
    // Commands for all pools of all managers.
    void pauseAll(); ///< those that are starting or running
    void resumeAll(); ///< those that are paused
    void stopAll(); ///< those that are neither stopped nor stopping
    /// Stops, drains or kills a worker.
    void controlWorker(CommandVerb verb, const QString &executorId);

Q_SIGNALS:
    /// A command was not carried out.
    void failed(const lifeguard::Error &error);

private:
    void carryOut(const ManagerCommand &command);
    void controlAll(CommandVerb verb, const std::function<bool(PoolState)> &applies);
    [[nodiscard]] QString otherManagerOf(const QString &executorId) const;

    ManagerSession &m_session;
    SystemClock m_clock;
    CommandSender m_sender;
};

} // namespace lifeguard
