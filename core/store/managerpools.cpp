// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/managerpools.h"

#include "core/base/timestamp.h"
#include "core/store/database.h"

#include <QSqlQuery>

#include <algorithm>

namespace lifeguard {

Result<QList<ManagerPools>> readManagerPools(Database &database)
{
    QList<ManagerPools> managers;
    const Status done = database.run("managers_pools", {}, [&managers](const QSqlQuery &row) {
        const QString id = row.value(0).toString();
        auto found = std::find_if(managers.begin(), managers.end(),
                                  [&id](const ManagerPools &each) { return each.manager.id == id; });
        if (found == managers.end()) {
            ManagerPools added;
            added.manager = {id,
                             ProcessIdentity::fromString(row.value(1).toString()).value_or(ProcessIdentity()),
                             fromSqlTime(row.value(2).toString()),
                             {}};
            added.livingWorkers = row.value(3).toInt();
            found = managers.insert(managers.end(), added);
        }
        if (!row.value(4).isNull()) {
            found->pools.append(
                {row.value(4).toString(), row.value(5).toString(), row.value(6).toInt(), row.value(7).toString()});
        }
    });
    if (!done)
        return failure(done.error());
    return managers;
}

} // namespace lifeguard
