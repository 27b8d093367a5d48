// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/workerinfo.h"

namespace lifeguard {

QString WorkerInfo::name() const
{
    if (pool.isEmpty())
        return executorId;
    const QString name = pool + u'-' + QString::number(index);
    return manager.isEmpty() ? name : name + u'@' + manager;
}

} // namespace lifeguard
