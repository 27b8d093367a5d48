// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockertypes.h"
#include "core/doctor/finding.h"

#include <QStringList>

namespace lifeguard {

/// What a container engine answered.
struct DockerFacts
{
    QString address; ///< of the engine; empty if no engine was found
    Result<EngineInfo> engine = failure(ErrorCode::NotFound, {});
    QList<DockerImage> images; ///< empty if the engine does not respond
};

/// Returns the findings about the container engine. wantedImages: those of the pools that are configured, or the
/// default images of the job types.
[[nodiscard]] QList<Finding> dockerFindings(const DockerFacts &facts, const QStringList &wantedImages);

} // namespace lifeguard
