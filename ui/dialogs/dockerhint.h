// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/pool/dockeroverview.h"

#include <optional>

namespace lifeguard {

/// The message about Docker that the launch dialog shows below a pool.
struct DockerHint
{
    enum class Severity { Info, Warning, Error };

    QString text; ///< empty: no message is shown
    Severity severity = Severity::Info; ///< Error: the pool cannot be launched like this.
    bool runsInContainers = false; ///< the workers need no programs on this machine

    bool operator==(const DockerHint &) const = default;
};

/// Returns the hint for a pool. overview is empty while Docker is being inspected.
[[nodiscard]] DockerHint dockerHint(const WorkerConfig &config, const std::optional<DockerOverview> &overview);

} // namespace lifeguard
