// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/servicevariables.h"

namespace lifeguard {

void removeServiceVariables(QProcessEnvironment &environment)
{
    for (const char *name : {"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS",
                             "LISTEN_FDNAMES", "INVOCATION_ID", "JOURNAL_STREAM"})
        environment.remove(QString::fromLatin1(name));
}

} // namespace lifeguard
