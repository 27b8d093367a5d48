// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// The version of the protocol between a manager and its workers (docs/protocol.md, "Versions"): the environment that a
/// worker is started with, its slot in the beat file, and its rows in the database. The environment
/// (LIFEGUARD_PROTOCOL) and the header of the beat file carry it. A manager adopts workers of this version and of the
/// previous one.
inline constexpr int protocolVersion = 2;

/// The version of programs that have no number, because they are older than the number itself.
inline constexpr int protocolWithoutNumber = 1;

/// The exit code of lifeguard-worker after another program marked its row dead or deleted it (docs/protocol.md, "Exit
/// codes of lifeguard-worker").
inline constexpr int workerExitDisowned = 4;

/// Returns whether this program understands the version: its own and the previous one.
[[nodiscard]] constexpr bool isSupportedProtocol(int version)
{
    return version == protocolVersion || version == protocolVersion - 1;
}

} // namespace lifeguard
