// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"
#include "core/doctor/finding.h"

namespace lifeguard {

/// An image that pools use.
struct WantedImage
{
    QString name;
    bool isRequired = false; ///< a pool cannot run without it

    bool operator==(const WantedImage &) const = default;
};

/// Returns the images of the configured pools; without a pool that may run in containers, the default images of the
/// job types.
[[nodiscard]] QList<WantedImage> imagesOf(const QList<NamedPool> &pools);

/// Returns the findings about the programs of the configured direct pools, files with variables and working folders.
/// workspace: absolute path. workerProgram: the path of lifeguard-worker.
[[nodiscard]] QList<Finding> checkPools(const QList<NamedPool> &pools, const QString &workspace,
                                        const QString &workerProgram);

} // namespace lifeguard
