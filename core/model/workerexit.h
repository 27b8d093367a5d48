// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    int code = 0; ///< exit code, or the signal's number
    QString message; ///< "exit code 3", "SIGKILL", "cannot start 'x': no such file"
    QStringList lastLines; ///< of its log, at most 10
    bool isBlameless = false; ///< what it ran in was taken away (Docker's engine was restarted): no fault of its own
    bool outOfMemory = false; ///< the kernel's out-of-memory killer took it, or a process of its tree before it ended

    [[nodiscard]] bool isClean() const { return kind == Kind::Exited && code == 0; }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::WorkerExit)
