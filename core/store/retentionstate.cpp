// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/retentionstate.h"

#include "core/base/timestamp.h"
#include "core/config/storedretention.h"
#include "core/store/eventlog.h"

#include <QSqlQuery>

namespace lifeguard {
namespace {

constexpr const char *consentName = "retention_consent";
constexpr const char *leaseName = "retention_lease";
constexpr const char *timesName = "retention_times";
const QLatin1String given("given");
const QLatin1String needed("needed");
const QLatin1String announcedFor("announced for "); ///< followed by the time when the deletion begins

} // namespace

Result<QString> RetentionState::value(const char *name)
{
    QString value;
    const Status read = m_db.run("setting_get", {{QStringLiteral("name"), QString::fromLatin1(name)}},
                                 [&value](const QSqlQuery &row) { value = row.value(0).toString(); });
    if (!read)
        return failure(read.error());
    return value;
}

Status RetentionState::setValue(const char *name, const QString &value)
{
    return m_db.run("setting_set",
                    {{QStringLiteral("name"), QString::fromLatin1(name)}, {QStringLiteral("value"), value}});
}

Event RetentionState::announcement(const QDateTime &begins)
{
    Event event;
    event.kind = EventKind::PruningAnnounced;
    event.message = Message("pruning_announced", {begins.toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'"))});
    return event;
}

Result<RetentionState::State> RetentionState::state()
{
    State state;
    if (!m_db.hasTable(QStringLiteral("lifeguard_settings"))) // an old file that is open read-only
        return state;
    const Result<QString> stored = value(consentName);
    if (!stored)
        return failure(stored.error());
    if (stored->startsWith(announcedFor)) {
        state.consent = Consent::Announced;
        state.begins = fromSqlTime(stored->mid(announcedFor.size()));
    } else if (*stored != given) {
        state.consent = Consent::Needed;
    }
    return state;
}

Result<QDateTime> RetentionState::announce()
{
    QDateTime begins;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<State> now = state(); // another manager may have announced it in the meantime
        if (!now)
            return failure(now.error());
        begins = now->begins;
        if (now->consent != Consent::Needed)
            return {};
        begins = m_clock.utcNow().addSecs(notice.count());
        if (const Status added = EventLog(m_db, m_clock).add(announcement(begins)); !added)
            return added;
        return setValue(consentName, announcedFor + toSqlTime(begins));
    });
    if (!done)
        return failure(done.error());
    return begins;
}

Result<std::optional<RetentionConfig>> RetentionState::stored()
{
    if (!m_db.hasTable(QStringLiteral("lifeguard_settings"))) // an old file that is open read-only
        return std::optional<RetentionConfig>();
    const Result<QString> text = value(timesName);
    if (!text)
        return failure(text.error());
    return fromStoredRetention(*text);
}

Result<RetentionConfig> RetentionState::agreed(const RetentionConfig &own)
{
    const Result<std::optional<RetentionConfig>> before = stored();
    if (!before)
        return failure(before.error());
    if (!own.isConfigured)
        return before->value_or(own);
    if (*before != own && !m_db.info().readOnly) {
        if (const Status set = setValue(timesName, toStoredRetention(own)); !set)
            return failure(set.error());
    }
    return own;
}

Status RetentionState::consent()
{
    return setValue(consentName, given);
}

Result<bool> RetentionState::takeLease(const QString &managerId)
{
    bool isTaken = false;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<QString> stored = value(leaseName);
        if (!stored)
            return failure(stored.error());
        const QDateTime now = m_clock.utcNow();
        const QString owner = stored->section(u' ', 0, 0);
        const QDateTime until = fromSqlTime(stored->section(u' ', 1));
        // A time in the distant future was written before the clock was set back.
        const bool isHeld = until.isValid() && until > now && until <= now.addSecs(leaseTime.count());
        if (isHeld && owner != managerId)
            return {};
        isTaken = true;
        return setValue(leaseName, managerId + u' ' + toSqlTime(now.addSecs(leaseTime.count())));
    });
    if (!done)
        return failure(done.error());
    return isTaken;
}

Status RetentionState::releaseLease(const QString &managerId)
{
    return m_db.transaction([&]() -> Status {
        const Result<QString> stored = value(leaseName);
        if (!stored)
            return failure(stored.error());
        return stored->section(u' ', 0, 0) == managerId ? setValue(leaseName, QStringLiteral("")) : Status();
    });
}

} // namespace lifeguard
