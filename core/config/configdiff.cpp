// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configdiff.h"

namespace lifeguard {
namespace {

QStringList changedSections(const Configuration &from, const Configuration &to)
{
    QStringList keys;
    const auto check = [&keys](const char *key, bool isChanged) {
        if (isChanged)
            keys.append(QString::fromLatin1(key));
    };
    check("database", from.database != to.database);
    check("workspace", from.workspace != to.workspace);
    check("log_level", from.logLevel != to.logLevel);
    check("docker", from.docker != to.docker);
    check("metrics", from.metrics != to.metrics);
    return keys;
}

bool differsOnlyInCount(const WorkerConfig &from, WorkerConfig to)
{
    to.count = from.count;
    return from == to;
}

} // namespace

ConfigDiff configDiff(const Configuration &from, const Configuration &to)
{
    ConfigDiff diff;
    for (const NamedPool &pool : from.pools) {
        const NamedPool *now = to.pool(pool.name);
        if (!now || now->config.type != pool.config.type)
            diff.removed.append(pool.name);
    }
    for (const NamedPool &pool : to.pools) {
        const NamedPool *before = from.pool(pool.name);
        if (!before || before->config.type != pool.config.type)
            diff.added.append(pool);
        else if (before->config == pool.config)
            continue;
        else if (differsOnlyInCount(before->config, pool.config))
            diff.counts.append({pool.name, pool.config.count});
        else
            diff.changed.append(pool);
    }
    diff.restartKeys = changedSections(from, to);
    return diff;
}

} // namespace lifeguard
