// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace lifeguard {

/// What a command to a manager does (docs/architecture/pools.md, "Commands from other programs").
enum class CommandVerb {
    Start,
    Stop,
    Kill,
    Restart,
    Drain,
    Pause,
    Resume,
    Scale,
    Recycle,
    Remove,
};

/// Returns the stored name of the verb ("scale"), which is also the name of the command of lifeguardctl.
[[nodiscard]] QString toString(CommandVerb verb);
/// Returns all verbs.
[[nodiscard]] QList<CommandVerb> allCommandVerbs();
/// Returns the verb with this stored name; nothing for every other text.
[[nodiscard]] std::optional<CommandVerb> commandVerbFromString(const QString &name);

} // namespace lifeguard
