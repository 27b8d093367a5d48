// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/iopriority.h"

namespace lifeguard {

QString toString(IoPriority priority)
{
    switch (priority) {
    case IoPriority::Normal:
        return QStringLiteral("normal");
    case IoPriority::Low:
        return QStringLiteral("low");
    case IoPriority::Idle:
        return QStringLiteral("idle");
    }
    Q_UNREACHABLE();
}

} // namespace lifeguard
