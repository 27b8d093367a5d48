// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The stack of a process, or the reason why there is none. A value type.
struct StackTrace
{
    qint64 pid = 0;
    QString name; ///< of the process
    QString tool; ///< "eu-stack", "gdb"; empty: no tool was run
    QString text; ///< output of the tool; if it is incomplete, problem is set
    QString problem; ///< a whole sentence for the user; empty: none
    bool inProgress = false;

    bool operator==(const StackTrace &) const = default;
};

} // namespace lifeguard
