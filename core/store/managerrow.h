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
};

} // namespace lifeguard
