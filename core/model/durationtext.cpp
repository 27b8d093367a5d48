// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/durationtext.h"

namespace lifeguard {

Message durationMessage(milliseconds duration)
{
    const qint64 s = std::chrono::duration_cast<seconds>(duration).count();
    if (s < 120)
        return Message("duration_seconds", {s});
    if (s < 2 * 3600)
        return Message("duration_minutes", {s / 60});
    if (s < 48 * 3600)
        return Message("duration_hours", {s / 3600});
    return Message("duration_days", s / 86400, {});
}

QString durationText(milliseconds duration)
{
    return durationMessage(duration).translatedText();
}

} // namespace lifeguard
