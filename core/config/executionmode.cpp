// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/executionmode.h"

#include <QCoreApplication>

namespace lifeguard {

QString toString(ExecutionMode mode)
{
    switch (mode) {
    case ExecutionMode::Auto:
        return QStringLiteral("auto");
    case ExecutionMode::Direct:
        return QStringLiteral("direct");
    case ExecutionMode::Docker:
        return QStringLiteral("docker");
    }
    Q_UNREACHABLE();
}

Result<ExecutionMode> executionModeFromString(const QString &text)
{
    for (const ExecutionMode mode : {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker}) {
        if (text == toString(mode))
            return mode;
    }
    return failure(ErrorCode::InvalidArgument,
                   QCoreApplication::translate("lifeguard::ExecutionMode",
                                               "mode: '%1' is not one of auto, direct, docker.")
                       .arg(text));
}

} // namespace lifeguard
