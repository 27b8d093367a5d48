// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/healthreport.h"

#include <QJsonArray>

namespace lifeguard {

HealthReport HealthReport::assess(const HealthFacts &facts)
{
    HealthReport report;
    const auto notReady = [&report](const QString &reason) {
        report.isReady = false;
        report.reasons << reason;
    };
    if (facts.isDatabaseReplaced || facts.hasFailed) {
        report.isLive = false;
        notReady(facts.isDatabaseReplaced ? QStringLiteral("The database was replaced while it was open.")
                                          : QStringLiteral("The database cannot be used."));
        return report;
    }
    if (facts.isStopping)
        notReady(QStringLiteral("The manager is stopping."));
    else if (!facts.isReady)
        notReady(QStringLiteral("The manager is starting."));
    if (facts.lockedFor >= lockTolerance)
        notReady(QStringLiteral("The database has been locked for %1 s.").arg(facts.lockedFor.count() / 1000));
    if (facts.cannotRead)
        notReady(QStringLiteral("The database cannot be read."));
    if (facts.cannotWrite)
        notReady(QStringLiteral("The database cannot be written."));
    for (const PoolInfo &pool : facts.pools) {
        if (pool.state == PoolState::CrashLooping)
            notReady(QStringLiteral("The workers of pool %1 keep ending before their first job.").arg(pool.name));
    }
    return report;
}

QJsonObject HealthReport::toJson() const
{
    QJsonObject object{{QStringLiteral("status"), isReady  ? QStringLiteral("ok")
                                                  : isLive ? QStringLiteral("unavailable")
                                                           : QStringLiteral("failed")}};
    if (!reasons.isEmpty())
        object.insert(QStringLiteral("reasons"), QJsonArray::fromStringList(reasons));
    return object;
}

} // namespace lifeguard
