// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockertypes.h"

#include <QList>

#include <optional>

namespace lifeguard {

/// Describes whether Docker pools can be started, and with which images.
struct DockerOverview
{
    std::optional<Error> problem; ///< why Docker cannot be used, and what the user can do about it
    QList<DockerImage> images; ///< all images of the engine
};

} // namespace lifeguard
