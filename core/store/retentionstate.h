// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/configuration.h"
#include "core/model/event.h"
#include "core/store/database.h"

#include <QDateTime>

namespace lifeguard {

/// Whether managers may delete the history of a database, and which of them does. An older version of Lifeguard filled
/// some databases, whose users do not expect the deletion: there it is announced first, and begins after a day or with
/// the user's consent. Stored in lifeguard_settings. Synchronous; on the thread of its database.
class RetentionState
{
public:
    /// How long an announcement precedes the first deletion.
    static constexpr seconds notice{24 * 3600};
    /// How long a manager that does not renew its lease keeps others from deleting.
    static constexpr seconds leaseTime{60};

    enum class Consent {
        Given, ///< history may be deleted
        Needed, ///< an announcement is due, once there is anything to delete
        Announced,
    };
    struct State
    {
        Consent consent = Consent::Given;
        QDateTime begins; ///< when the announced deletion begins

        bool operator==(const State &) const = default;
    };

    RetentionState(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Returns the event of an announcement.
    [[nodiscard]] static Event announcement(const QDateTime &begins);

    [[nodiscard]] Result<State> state();
    /// Needed -> Announced, with an event. Returns when the deletion begins.
    [[nodiscard]] Result<QDateTime> announce();
    /// Permits the deletion from now on.
    [[nodiscard]] Status consent();

    /// Returns the retention times that a manager has stored; std::nullopt if none has.
    [[nodiscard]] Result<std::optional<RetentionConfig>> stored();
    /// Returns the retention times that apply to this database, so that a program without a configuration does not
    /// delete what another one keeps: own ones if they are configured, which are stored; otherwise those that were
    /// stored last; without any, own ones, the defaults.
    [[nodiscard]] Result<RetentionConfig> agreed(const RetentionConfig &own);

    /// Takes or renews the lease: the manager that holds it is the only one that deletes. Returns false if another one
    /// holds it.
    [[nodiscard]] Result<bool> takeLease(const QString &managerId);
    [[nodiscard]] Status releaseLease(const QString &managerId);

private:
    [[nodiscard]] Result<QString> value(const char *name);
    [[nodiscard]] Status setValue(const char *name, const QString &value);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
