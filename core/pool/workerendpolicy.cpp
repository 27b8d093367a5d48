// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerendpolicy.h"

#include "core/base/secretmasking.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qsizetype shownOutputLines = 3;

} // namespace

Message WorkerEndPolicy::reasonOf(const Facts &facts)
{
    const QJsonValue request = facts.request.asArgument();
    const QJsonValue exit = facts.exit.message.asArgument();
    Message reason;
    switch (facts.cause) {
    case EndCause::Stop:
    case EndCause::Recycle:
        if (facts.exit.kind == WorkerExit::Kind::Signalled)
            return Message("killed_after_grace", {request, exit});
        return facts.request;
    case EndCause::Kill:
        reason = facts.request;
        break;
    case EndCause::Monitor:
        reason = Message("ended_by_monitor", {request, exit});
        break;
    case EndCause::None:
        reason = facts.exit.isClean() ? Message("ended_by_itself") : facts.exit.message;
        break;
    }
    if (!facts.job.isEmpty())
        reason = Message("ended_during_job", {reason.asArgument(), facts.job.asArgument()});
    const QStringList &output = facts.exit.lastLines;
    if (facts.cause != EndCause::Kill && !output.isEmpty()) {
        const QStringList shown = output.mid(std::max<qsizetype>(0, output.size() - shownOutputLines));
        reason = Message("ended_with_output",
                         {reason.asArgument(), maskSecrets(shown.join(QLatin1Char('\n')))
                                                   .replace(QLatin1Char('\n'), QStringLiteral(" | "))});
    }
    return reason;
}

WorkerEndAssessment WorkerEndPolicy::assess(const Facts &facts)
{
    using Consequence = WorkerEndAssessment::Consequence;
    // A worker that exits without a fault has not died, whether or not its row still exists (workers of CLX delete
    // their row).
    const bool isFarewell = facts.isAdopted && facts.lastPhase == WorkerPhase::Ended;
    const bool exitedByItself = facts.cause == EndCause::None && (facts.exit.isClean() || isFarewell);
    const bool isWanted = facts.cause == EndCause::Stop || facts.cause == EndCause::Recycle;

    WorkerEndAssessment assessment;
    assessment.state = isWanted || exitedByItself ? WorkerState::Stopped : WorkerState::Dead;
    assessment.reason = reasonOf(facts);
    if (exitedByItself) {
        assessment.consequence = Consequence::CheckFinishedJobs;
    } else if (isWanted) {
        assessment.consequence = Consequence::Replace;
    } else if (facts.cause == EndCause::Kill || facts.exit.isBlameless) {
        const bool isReplaced = facts.restart != RestartMode::Never;
        assessment.consequence = isReplaced ? Consequence::Replace : Consequence::DeclineReplacement;
    } else {
        const bool cannotStart = facts.exit.kind == WorkerExit::Kind::FailedToStart;
        assessment.consequence = Consequence::ApplyRestartPolicy;
        assessment.ending = cannotStart ? WorkerEnding::CannotStart : WorkerEnding::Died;
    }
    return assessment;
}

} // namespace lifeguard
