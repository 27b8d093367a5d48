// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"

#include <QString>

namespace lifeguard {

/// The outcome of a command to a manager.
enum class CommandOutcome {
    None, ///< there is none (yet)
    Done, ///< carried out, or there was nothing to do
    Failed, ///< its target does not exist
    Refused, ///< it does not apply in the present state, or its issuer could not be verified
    Expired, ///< it came too late, or was withdrawn, and was not carried out
};

/// Returns the stored name of the outcome ("done"); empty for None.
[[nodiscard]] QString toString(CommandOutcome outcome);
/// Returns the outcome with this stored name; None for every other text.
[[nodiscard]] CommandOutcome commandOutcomeFromString(const QString &name);

/// The answer of a manager to a command: the outcome, and a sentence for the user.
struct CommandAnswer
{
    CommandOutcome outcome = CommandOutcome::None;
    Message message;

    bool operator==(const CommandAnswer &) const = default;
    [[nodiscard]] bool isDone() const { return outcome == CommandOutcome::Done; }

    [[nodiscard]] static CommandAnswer done(const Message &message) { return {CommandOutcome::Done, message}; }
    [[nodiscard]] static CommandAnswer failed(const Message &message) { return {CommandOutcome::Failed, message}; }
    [[nodiscard]] static CommandAnswer refused(const Message &message) { return {CommandOutcome::Refused, message}; }
    [[nodiscard]] static CommandAnswer expired(const Message &message) { return {CommandOutcome::Expired, message}; }
};

} // namespace lifeguard
