// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/eventkindappearance.h"

#include <QCoreApplication>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::events)
};

} // namespace

theme::StateAppearance eventKindAppearance(EventKind kind)
{
    using theme::Hue;
    using theme::Shape;
    switch (kind) {
    case EventKind::PoolStarting:
        return {Hue::Neutral, Shape::Arc, Text::tr("pool starting")};
    case EventKind::PoolStarted:
        return {Hue::Good, Shape::Disc, Text::tr("pool started")};
    case EventKind::PoolStopping:
        return {Hue::Neutral, Shape::Half, Text::tr("pool stopping")};
    case EventKind::PoolStopped:
        return {Hue::Neutral, Shape::Square, Text::tr("pool stopped")};
    case EventKind::PoolCrashLooping:
        return {Hue::Bad, Shape::Triangle, Text::tr("pool crash-looping")};
    case EventKind::PoolMode:
        return {Hue::Neutral, Shape::Dash, Text::tr("mode chosen")};
    case EventKind::PoolReconfigured:
        return {Hue::Neutral, Shape::Dash, Text::tr("pool changed")};
    case EventKind::PoolPaused:
        return {Hue::Busy, Shape::Bars, Text::tr("pool paused")};
    case EventKind::PoolResumed:
        return {Hue::Good, Shape::Disc, Text::tr("pool resumed")};
    case EventKind::PoolScaled:
        return {Hue::Neutral, Shape::Ring, Text::tr("pool scaled")};
    case EventKind::WorkerStarting:
        return {Hue::Neutral, Shape::Arc, Text::tr("worker starting")};
    case EventKind::WorkerRegistered:
        return {Hue::Good, Shape::Ring, Text::tr("worker registered")};
    case EventKind::WorkerReady:
        return {Hue::Good, Shape::Ring, Text::tr("worker ready")};
    case EventKind::WorkerStopping:
        return {Hue::Neutral, Shape::Half, Text::tr("worker stopping")};
    case EventKind::WorkerDraining:
        return {Hue::Neutral, Shape::Half, Text::tr("worker draining")};
    case EventKind::WorkerStopped:
        return {Hue::Neutral, Shape::Square, Text::tr("worker stopped")};
    case EventKind::WorkerFailed:
        return {Hue::Bad, Shape::Cross, Text::tr("worker failed")};
    case EventKind::WorkerSuspect:
        return {Hue::Warning, Shape::Triangle, Text::tr("worker suspect")};
    case EventKind::WorkerHung:
        return {Hue::Bad, Shape::Diamond, Text::tr("worker hung")};
    case EventKind::WorkerRecovered:
        return {Hue::Good, Shape::Check, Text::tr("worker recovered")};
    case EventKind::WorkerAdopted:
        return {Hue::Good, Shape::Ring, Text::tr("worker adopted")};
    case EventKind::WorkerLimit:
        return {Hue::Warning, Shape::Triangle, Text::tr("limit not applied")};
    case EventKind::MachineSlept:
        return {Hue::Neutral, Shape::Arc, Text::tr("machine slept")};
    case EventKind::ClockSet:
        return {Hue::Neutral, Shape::Arc, Text::tr("clock set")};
    case EventKind::JobReturned:
        return {Hue::Warning, Shape::Half, Text::tr("job returned")};
    case EventKind::JobInterrupted:
        return {Hue::Warning, Shape::Diamond, Text::tr("job interrupted")};
    case EventKind::JobGivenUp:
        return {Hue::Bad, Shape::Cross, Text::tr("job given up")};
    case EventKind::Rescued:
        return {Hue::Warning, Shape::Check, Text::tr("jobs rescued")};
    case EventKind::CleanedUp:
        return {Hue::Neutral, Shape::Check, Text::tr("cleaned up")};
    case EventKind::Command:
        return {Hue::Neutral, Shape::Arc, Text::tr("command")};
    case EventKind::SubmissionEnded:
        return {Hue::Good, Shape::Check, Text::tr("submission ended")};
    case EventKind::PruningAnnounced:
        return {Hue::Warning, Shape::Arc, Text::tr("deletion announced")};
    case EventKind::Pruned:
        return {Hue::Neutral, Shape::Check, Text::tr("history deleted")};
    case EventKind::ConfigApplied:
        return {Hue::Neutral, Shape::Check, Text::tr("configuration applied")};
    case EventKind::ConfigRefused:
        return {Hue::Bad, Shape::Cross, Text::tr("configuration refused")};
    case EventKind::Unknown:
        break;
    }
    return {Hue::Neutral, Shape::Dash, {}};
}

QString eventKindText(const Event &event)
{
    return event.kind == EventKind::Unknown ? event.kindName().replace(QLatin1Char('_'), QLatin1Char(' '))
                                            : eventKindAppearance(event.kind).text;
}

} // namespace lifeguard
