// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/poolinfo.h"

#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

/// What is known about a manager, for a verdict on its health.
struct HealthFacts
{
    bool isReady = false; ///< the manager has started
    bool hasFailed = false; ///< the session cannot be used any more
    bool isDatabaseReplaced = false;
    bool isStopping = false;
    milliseconds lockedFor{0}; ///< how long the database has been locked; 0: it is not locked
    bool cannotRead = false; ///< the last attempt to read the database failed
    bool cannotWrite = false; ///< the last attempt to write to the database failed, and is repeated
    QList<PoolInfo> pools;
};

/// The health of a manager as orchestrators distinguish it. A value type.
///
/// Live: restarting the program would not help. Only a manager that cannot go on is not live: its database was
/// replaced, or it has failed. Ready: the manager does its work. It is not ready while it starts or stops, while the
/// database cannot be used, or while a pool keeps failing.
struct HealthReport
{
    bool isLive = true;
    bool isReady = true;
    QStringList reasons; ///< sentences in English, for operators; empty if the manager is ready

    bool operator==(const HealthReport &) const = default;

    /// A locked database is not a reason until it has been locked for this long, because each program locks it for
    /// moments.
    static constexpr milliseconds lockTolerance{10'000};

    [[nodiscard]] static HealthReport assess(const HealthFacts &facts);
    [[nodiscard]] QJsonObject toJson() const;
};

} // namespace lifeguard
