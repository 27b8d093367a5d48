// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/commandanswer.h"

namespace lifeguard {

QString toString(CommandOutcome outcome)
{
    switch (outcome) {
    case CommandOutcome::None:
        return {};
    case CommandOutcome::Done:
        return QStringLiteral("done");
    case CommandOutcome::Failed:
        return QStringLiteral("failed");
    case CommandOutcome::Refused:
        return QStringLiteral("refused");
    case CommandOutcome::Expired:
        return QStringLiteral("expired");
    }
    return {};
}

CommandOutcome commandOutcomeFromString(const QString &name)
{
    for (const CommandOutcome outcome :
         {CommandOutcome::Done, CommandOutcome::Failed, CommandOutcome::Refused, CommandOutcome::Expired}) {
        if (name == toString(outcome))
            return outcome;
    }
    return CommandOutcome::None;
}

} // namespace lifeguard
