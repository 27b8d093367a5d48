// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/model/poolinfo.h"
#include "core/session/commandsender.h"

#include <QObject>

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
    /// Sends a command to the pool with this PoolInfo::key(). number: the count, for Scale.
    void controlPool(CommandVerb verb, const QString &key, std::optional<int> number = {});
    /// Stops, drains or kills a worker.
    void controlWorker(CommandVerb verb, const QString &executorId);

Q_SIGNALS:
    /// A command to another manager was not carried out.
    void failed(const lifeguard::Error &error);

private:
    void controlOwnPool(CommandVerb verb, const QString &name, std::optional<int> number);
    void controlOwnWorker(CommandVerb verb, const QString &executorId);
    [[nodiscard]] QString otherManagerOf(const QString &executorId) const;

    ManagerSession &m_session;
    SystemClock m_clock;
    CommandSender m_sender;
};

} // namespace lifeguard
