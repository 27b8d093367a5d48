// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/dockeroverview.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>

namespace lifeguard {

/// The data and functions of the session that the dialog for launching pools needs.
struct LaunchContext
{
    /// Reports the state of Docker once, asynchronously, unless context is destroyed first.
    using InspectDocker = std::function<void(QObject *context, std::function<void(const DockerOverview &)> report)>;

    QString workspace; ///< absolute; relative commands start from there
    QHash<QString, qint64> pendingJobs; ///< number of waiting jobs by type
    QStringList servedTypes; ///< job types of running pools
    QStringList stoppedTypes; ///< job types of pools that are stopped or crash-looping
    InspectDocker inspectDocker; ///< empty if Docker cannot be inspected
};

} // namespace lifeguard
