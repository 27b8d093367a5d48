// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/ownmanagers.h"

#include <QMutex>
#include <QSet>

namespace lifeguard {
namespace {

struct Ids
{
    QMutex mutex;
    QSet<QString> all;
};

Ids &ids()
{
    static Ids ids;
    return ids;
}

} // namespace

void OwnManagers::add(const QString &managerId)
{
    const QMutexLocker lock(&ids().mutex);
    ids().all.insert(managerId);
}

void OwnManagers::remove(const QString &managerId)
{
    const QMutexLocker lock(&ids().mutex);
    ids().all.remove(managerId);
}

bool OwnManagers::contains(const QString &managerId)
{
    const QMutexLocker lock(&ids().mutex);
    return ids().all.contains(managerId);
}

} // namespace lifeguard
