// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/eventkinds.h"

#include <QCoreApplication>

#include <array>

namespace lifeguard {

namespace {

struct Kind
{
    EventKind kind;
    theme::Hue hue;
    theme::Shape shape;
    const char *words;
};

using theme::Hue;
using theme::Shape;

const std::array kinds{
    Kind{EventKind::PoolStarting, Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "pool starts")},
    Kind{EventKind::PoolStarted, Hue::Well, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool runs")},
    Kind{EventKind::PoolStopping, Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "pool stops")},
    Kind{EventKind::PoolStopped, Hue::Quiet, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "pool stopped")},
    Kind{EventKind::PoolCrashLooping, Hue::Bad, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "crash-looping")},
    Kind{EventKind::PoolMode, Hue::Quiet, Shape::Dash, QT_TRANSLATE_NOOP("lifeguard::events", "mode chosen")},
    Kind{EventKind::PoolPaused, Hue::Busy, Shape::Bars, QT_TRANSLATE_NOOP("lifeguard::events", "pool paused")},
    Kind{EventKind::PoolResumed, Hue::Well, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool goes on")},
    Kind{EventKind::WorkerStarting, Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "worker starts")},
    Kind{EventKind::WorkerRegistered, Hue::Well, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker ready")},
    Kind{EventKind::WorkerStopping, Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker stops")},
    Kind{EventKind::WorkerDraining, Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker drains")},
    Kind{EventKind::WorkerStopped, Hue::Quiet, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "worker stopped")},
    Kind{EventKind::WorkerFailed, Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "worker died")},
    Kind{EventKind::WorkerSuspect, Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "worker suspect")},
    Kind{EventKind::WorkerHung, Hue::Bad, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "worker hung")},
    Kind{EventKind::WorkerRecovered, Hue::Well, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "worker well again")},
    Kind{EventKind::WorkerAdopted, Hue::Well, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker adopted")},
    Kind{EventKind::WorkerLimit, Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "limit not kept")},
    Kind{EventKind::MachineSlept, Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "machine slept")},
    Kind{EventKind::ClockSet, Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "clock was set")},
    Kind{EventKind::JobReturned, Hue::Warning, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "job back in the queue")},
    Kind{EventKind::JobInterrupted, Hue::Warning, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "job interrupted")},
    Kind{EventKind::JobGivenUp, Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "job given up")},
    Kind{EventKind::Rescued, Hue::Warning, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "jobs rescued")},
    Kind{EventKind::CleanedUp, Hue::Quiet, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "cleaned up")},
};

} // namespace

int eventKindNumber(EventKind kind)
{
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (kind == kinds[i].kind) {
            return int(i);
        }
    }
    return -1;
}

theme::StateLook lookOfEvent(int kindNumber)
{
    if (kindNumber < 0 || std::size_t(kindNumber) >= kinds.size()) {
        return {Hue::Quiet, Shape::Dash, {}};
    }
    const Kind &kind = kinds[std::size_t(kindNumber)];
    return {kind.hue, kind.shape, QCoreApplication::translate("lifeguard::events", kind.words)};
}

QString eventWords(const Event &event)
{
    const int number = eventKindNumber(event.kind);
    return number < 0 ? event.kindName().replace(QLatin1Char('_'), QLatin1Char(' ')) : lookOfEvent(number).word;
}

} // namespace lifeguard
