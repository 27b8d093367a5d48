// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// A row of lifeguard_managers.
struct ManagerRow
{
    QString id;
    ProcessIdentity process;
    QDateTime heartbeatAt;
    QString kind; ///< "run" or "window"; "manager" for one of an older version

    /// Returns a short name, unique among the processes of one pid namespace: "run-4711".
    [[nodiscard]] QString name() const { return kind + u'-' + QString::number(process.pid); }
};

} // namespace lifeguard
