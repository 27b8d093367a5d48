// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

struct OwnedWorker;

/// Returns whether this program supports the protocol version of a worker that another manager started
/// (core/base/protocol.h), so that it can adopt the worker. The version is in the header of the worker's beat file;
/// without a beat file (containers, the user's own commands) it is in the environment of the process. Workers without a
/// version number use the first version.
[[nodiscard]] bool isProtocolSupported(const OwnedWorker &worker);

} // namespace lifeguard
