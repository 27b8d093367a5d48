// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/publishedpools.h"

#include "core/base/timestamp.h"
#include "core/store/messagecolumns.h"

namespace lifeguard {

Status PublishedPools::publish(const QString &managerId, const QList<PublishedPool> &changed,
                               const QStringList &removed)
{
    return m_db.transaction([&]() -> Status {
        for (const PublishedPool &pool : changed) {
            Values values = reasonValues(pool.reason);
            values.insert({{QStringLiteral("manager"), managerId},
                           {QStringLiteral("name"), pool.name},
                           {QStringLiteral("type"), pool.type},
                           {QStringLiteral("state"), pool.state},
                           {QStringLiteral("count"), pool.count},
                           {QStringLiteral("count_source"), toString(pool.countSource)},
                           {QStringLiteral("mode"), pool.mode.isNull() ? QStringLiteral("") : pool.mode},
                           {QStringLiteral("mode_reason"), pool.modeReason},
                           {QStringLiteral("spec"), pool.spec},
                           {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
            if (const Status written = m_db.run("pool_publish", values); !written)
                return written;
        }
        for (const QString &name : removed) {
            const Status done = m_db.run("pool_unpublish",
                                         {{QStringLiteral("manager"), managerId}, {QStringLiteral("name"), name}});
            if (!done)
                return done;
        }
        return {};
    });
}

Result<QList<PublishedPool>> PublishedPools::list()
{
    QList<PublishedPool> pools;
    if (!m_db.hasTable(QStringLiteral("lifeguard_pools")))
        return pools;
    const Status done = m_db.run("pools_published", {}, [&pools](const QSqlQuery &row) {
        PublishedPool pool;
        pool.managerId = row.value(0).toString();
        pool.managerKind = row.value(1).toString();
        pool.managerProcess = ProcessIdentity::fromString(row.value(2).toString()).value_or(ProcessIdentity());
        pool.name = row.value(3).toString();
        pool.type = row.value(4).toString();
        pool.state = row.value(5).toString();
        pool.count = row.value(6).toInt();
        pool.countSource = countSourceFromString(row.value(7).toString());
        pool.mode = row.value(8).toString();
        pool.modeReason = row.value(9).toString();
        pool.reason = storedReason(row.value(10).toString(), row.value(11).toString(), row.value(12).toString());
        pool.spec = row.value(13).toString();
        pools.append(pool);
    });
    if (!done)
        return failure(done.error());
    // A manager that was killed keeps its rows until another manager removes them.
    QHash<QString, bool> areGone;
    for (const PublishedPool &pool : std::as_const(pools)) {
        if (!areGone.contains(pool.managerId))
            areGone.insert(pool.managerId, presenceOf(pool.managerProcess) == ProcessPresence::Gone);
    }
    pools.removeIf([&areGone](const PublishedPool &pool) { return areGone.value(pool.managerId); });
    return pools;
}

} // namespace lifeguard
