// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"

#include <QMetaType>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// How a worker ended.
struct WorkerExit
{
    enum class Kind { Exited, Signalled, FailedToStart, Unknown };

    QString executorId;
    Kind kind = Kind::Unknown;
    int code = 0; ///< the exit code or the number of the signal, depending on kind
    Message message; ///< "exit code 3", "SIGKILL", "cannot start: no such file"
    QStringList lastLines; ///< the end of its log, at most 10 lines
    Message advice = {}; ///< what the user can do if the worker ends like this each time, as sentences; empty: not
                         ///< known
    bool isBlameless = false; ///< the cause was outside the worker (the Docker engine was restarted), so its end does
                              ///< not count as a death
    bool outOfMemory = false; ///< the kernel's out-of-memory killer killed the worker, or one of its processes before
                              ///< it ended

    /// Returns whether the worker ended by itself with exit code 0.
    [[nodiscard]] bool isClean() const { return kind == Kind::Exited && code == 0; }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::WorkerExit)
