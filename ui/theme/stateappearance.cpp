// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/stateappearance.h"

#include <QCoreApplication>

namespace lifeguard::theme {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::theme)
};

} // namespace

StateAppearance appearance(WorkerState state)
{
    switch (state) {
    case WorkerState::Starting: return {Hue::Neutral, Shape::Arc, Text::tr("starting")};
    case WorkerState::Idle: return {Hue::Good, Shape::Ring, Text::tr("idle")};
    case WorkerState::Busy: return {Hue::Busy, Shape::Disc, Text::tr("busy")};
    case WorkerState::Suspect: return {Hue::Warning, Shape::Triangle, Text::tr("suspect")};
    case WorkerState::Hung: return {Hue::Bad, Shape::Diamond, Text::tr("hung")};
    case WorkerState::Stopping: return {Hue::Neutral, Shape::Half, Text::tr("stopping")};
    case WorkerState::Dead: return {Hue::Neutral, Shape::Cross, Text::tr("dead")};
    case WorkerState::Unknown: return {Hue::Neutral, Shape::Question, Text::tr("unknown")};
    case WorkerState::Stopped: break;
    }
    return {Hue::Neutral, Shape::Square, Text::tr("stopped")};
}

StateAppearance appearance(PoolState state)
{
    switch (state) {
    case PoolState::Starting: return {Hue::Neutral, Shape::Arc, Text::tr("starting")};
    case PoolState::Running: return {Hue::Good, Shape::Disc, Text::tr("running")};
    case PoolState::Paused: return {Hue::Busy, Shape::Bars, Text::tr("paused")};
    case PoolState::Stopping: return {Hue::Neutral, Shape::Half, Text::tr("stopping")};
    case PoolState::CrashLooping:
        return {Hue::Bad, Shape::Triangle, Text::tr("crash-looping")};
    case PoolState::Stopped: break;
    }
    return {Hue::Neutral, Shape::Square, Text::tr("stopped")};
}

StateAppearance appearance(JobStatus status)
{
    switch (status) {
    case JobStatus::Pending: return {Hue::Neutral, Shape::Ring, Text::tr("waiting")};
    case JobStatus::Processing: return {Hue::Busy, Shape::Disc, Text::tr("running")};
    case JobStatus::Completed: return {Hue::Good, Shape::Check, Text::tr("completed")};
    case JobStatus::Failed: return {Hue::Bad, Shape::Cross, Text::tr("failed")};
    case JobStatus::Cancelled: break;
    }
    return {Hue::Neutral, Shape::Dash, Text::tr("cancelled")};
}

} // namespace lifeguard::theme
