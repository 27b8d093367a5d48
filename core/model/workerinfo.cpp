// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/workerinfo.h"

namespace lifeguard {

QString WorkerInfo::name() const
{
    return pool.isEmpty() ? executorId : pool + u'-' + QString::number(index);
}

} // namespace lifeguard
