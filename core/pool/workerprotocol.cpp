// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerprotocol.h"

#include "core/base/beatfile.h"
#include "core/base/processenvironment.h"
#include "core/base/protocol.h"
#include "core/store/ownedworker.h"

namespace lifeguard {

bool isProtocolSupported(const OwnedWorker &worker)
{
    if (!worker.beatPath.isEmpty()) {
        const auto file = BeatFile::open(worker.beatPath, false);
        if (file)
            return true; // open() has checked the version
        if (file.error().code == ErrorCode::TooNew)
            return false;
    }
    const std::optional<QByteArray> number = processEnvironmentValue(worker.process.pid,
                                                                     QByteArrayLiteral("LIFEGUARD_PROTOCOL"));
    return isSupportedProtocol(number ? number->toInt() : protocolWithoutNumber);
}

} // namespace lifeguard
