// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/durationtext.h"

#include <QCoreApplication>

namespace lifeguard {

QString durationText(milliseconds duration)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("lifeguard::Duration", text); };
    const qint64 s = std::chrono::duration_cast<seconds>(duration).count();
    if (s < 120)
        return tr("%1 s").arg(s);
    if (s < 2 * 3600)
        return tr("%1 min").arg(s / 60);
    if (s < 48 * 3600)
        return tr("%1 h").arg(s / 3600);
    return tr("%1 days").arg(s / 86400);
}

} // namespace lifeguard
