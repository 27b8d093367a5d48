// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/restartmode.h"

#include <QCoreApplication>

namespace lifeguard {

QString toString(RestartMode mode)
{
    switch (mode) {
    case RestartMode::Never:
        return QStringLiteral("never");
    case RestartMode::OnFailure:
        return QStringLiteral("on-failure");
    case RestartMode::Always:
        return QStringLiteral("always");
    }
    Q_UNREACHABLE();
}

Result<RestartMode> restartModeFromString(const QString &text)
{
    for (const RestartMode mode : {RestartMode::Never, RestartMode::OnFailure, RestartMode::Always}) {
        if (text == toString(mode))
            return mode;
    }
    return failure(ErrorCode::InvalidArgument,
                   QCoreApplication::translate("lifeguard::RestartMode",
                                               "restart: '%1' is not one of never, on-failure, always.")
                       .arg(text));
}

} // namespace lifeguard
