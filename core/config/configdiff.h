// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"

#include <QStringList>

namespace lifeguard {

/// A pool whose number of workers is the only difference.
struct PoolCountChange
{
    QString name;
    int count = 0;

    bool operator==(const PoolCountChange &) const = default;
};

/// What must be done to running pools so that they match a new version of their configuration. Pools that did not
/// change are not in it.
struct ConfigDiff
{
    QList<NamedPool> added; ///< also pools whose type has changed, which are in removed too
    QStringList removed;
    QList<PoolCountChange> counts;
    QList<NamedPool> changed; ///< other values than the count, and perhaps the count too
    QStringList restartKeys; ///< changed keys that take effect only at the next start: "database", "metrics", …

    bool operator==(const ConfigDiff &) const = default;

    [[nodiscard]] bool isEmpty() const { return *this == ConfigDiff(); }
};

/// Returns the differences, in the order of the new configuration. Both are normalised: the spelling, the order and the
/// comments of the files do not matter.
[[nodiscard]] ConfigDiff configDiff(const Configuration &from, const Configuration &to);

} // namespace lifeguard
