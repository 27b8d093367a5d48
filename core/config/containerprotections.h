// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QStringList>

#include <array>

namespace lifeguard {

/// A protection of containers that a configuration can give up, for images that do not run with it.
struct ContainerProtection
{
    const char *key; ///< in pool specifications and JSON, named after what is given up
    bool WorkerConfig::*isGivenUp;
};

inline constexpr std::array containerProtections{
    ContainerProtection{"container_root", &WorkerConfig::containerRoot},
    ContainerProtection{"writable_root", &WorkerConfig::writableRoot},
    ContainerProtection{"keep_capabilities", &WorkerConfig::keepCapabilities},
    ContainerProtection{"new_privileges", &WorkerConfig::newPrivileges},
};

/// Returns the keys of the protections that the configuration gives up.
[[nodiscard]] QStringList givenUpProtections(const WorkerConfig &config);

} // namespace lifeguard
