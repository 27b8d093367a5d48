// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/commandverb.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace lifeguard {

/// A command that a program sends to a manager (docs/protocol.md, "Commands"). It names things that exist, and a
/// number; it never carries a program, a path, an image, a mount or a variable of the environment.
struct ManagerCommand
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::ManagerCommand)

public:
    static constexpr int maxCount = 1000; ///< of Scale
    static constexpr int maxPause = 30 * 24 * 3600; ///< of Pause, in seconds: 30 days

    CommandVerb verb = CommandVerb::Start;
    QString managerId;
    QString pool; ///< empty: the command is for a worker, or for all pools of the manager
    QString executorId; ///< empty: the command is for pools
    std::optional<int> number; ///< Scale: the count; Pause: the duration in seconds, if it is limited

    bool operator==(const ManagerCommand &) const = default;
    /// Checks that the verb applies to this kind of target, and that it has the number that it needs.
    [[nodiscard]] Status check() const;
    /// Returns the verb, the target and the number: "scale plantuml 4". Not translated.
    [[nodiscard]] QString toString() const;
};

} // namespace lifeguard
