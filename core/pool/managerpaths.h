// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The programs that a manager starts and the folders that it uses.
struct ManagerPaths
{
    QString workerProgram; ///< path of lifeguard-worker; if empty, it is searched for beside the running program, then
                           ///< in PATH
    QString workspace; ///< absolute
    QString logFolder; ///< the folder of the workers' logs; <state>/lifeguard/logs if empty
    QString runtimeFolder; ///< the folder of the beat file; <state>/lifeguard/run if empty
};

} // namespace lifeguard
