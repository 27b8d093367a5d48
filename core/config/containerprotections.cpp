// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/containerprotections.h"

namespace lifeguard {

QStringList givenUpProtections(const WorkerConfig &config)
{
    QStringList keys;
    for (const ContainerProtection &protection : containerProtections) {
        if (config.*protection.isGivenUp)
            keys.append(QString::fromLatin1(protection.key));
    }
    return keys;
}

} // namespace lifeguard
