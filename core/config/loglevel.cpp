// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/loglevel.h"

namespace lifeguard {

QString toString(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return QStringLiteral("debug");
    case LogLevel::Info:
        return QStringLiteral("info");
    case LogLevel::Warning:
        return QStringLiteral("warning");
    case LogLevel::Error:
        return QStringLiteral("error");
    }
    Q_UNREACHABLE();
}

} // namespace lifeguard
