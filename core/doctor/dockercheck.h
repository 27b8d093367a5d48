// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockertypes.h"
#include "core/doctor/poolcheck.h"

namespace lifeguard {

/// What a container engine answered.
struct DockerFacts
{
    QString address; ///< of the engine; empty if no engine was found
    Result<EngineInfo> engine = failure(ErrorCode::NotFound, {});
    QList<DockerImage> images; ///< empty if the engine does not respond
};

/// Returns the findings about the container engine and the images.
[[nodiscard]] QList<Finding> dockerFindings(const DockerFacts &facts, const QList<WantedImage> &wantedImages);

} // namespace lifeguard
