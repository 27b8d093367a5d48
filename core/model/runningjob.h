// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>
#include <QString>

#include <optional>

namespace lifeguard {

/// A job that is being processed, as the worker table shows it.
struct RunningJob
{
    qint64 id = 0;
    qint64 workerId = 0;
    int attempt = 0;
    QString type;
    QString inputFile;
    QDateTime startedAt;
    std::optional<seconds> maxJobTime = {}; ///< of the job itself; nothing: that of its pool applies

    bool operator==(const RunningJob &) const = default;
};

} // namespace lifeguard
