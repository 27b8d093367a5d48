// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/eventkinds.h"

#include <QCoreApplication>

#include <array>

namespace lifeguard {

namespace {

struct Kind
{
    const char *name;
    theme::Hue hue;
    theme::Shape shape;
    const char *words;
};

using theme::Hue;
using theme::Shape;

const std::array kinds{
    Kind{"pool_starting", Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "pool starts")},
    Kind{"pool_started", Hue::Well, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool runs")},
    Kind{"pool_stopping", Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "pool stops")},
    Kind{"pool_stopped", Hue::Quiet, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "pool stopped")},
    Kind{"pool_crash_looping", Hue::Bad, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "crash-looping")},
    Kind{"pool_mode", Hue::Quiet, Shape::Dash, QT_TRANSLATE_NOOP("lifeguard::events", "mode chosen")},
    Kind{"pool_paused", Hue::Busy, Shape::Bars, QT_TRANSLATE_NOOP("lifeguard::events", "pool paused")},
    Kind{"pool_resumed", Hue::Well, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool goes on")},
    Kind{"worker_starting", Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "worker starts")},
    Kind{"worker_registered", Hue::Well, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker ready")},
    Kind{"worker_stopping", Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker stops")},
    Kind{"worker_draining", Hue::Quiet, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker drains")},
    Kind{"worker_stopped", Hue::Quiet, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "worker stopped")},
    Kind{"worker_failed", Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "worker died")},
    Kind{"worker_suspect", Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "worker suspect")},
    Kind{"worker_hung", Hue::Bad, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "worker hung")},
    Kind{"worker_recovered", Hue::Well, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "worker well again")},
    Kind{"worker_adopted", Hue::Well, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker adopted")},
    Kind{"worker_limit", Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "limit not kept")},
    Kind{"machine_slept", Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "machine slept")},
    Kind{"clock_set", Hue::Quiet, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "clock was set")},
    Kind{"job_returned", Hue::Warning, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "job back in the queue")},
    Kind{"job_interrupted", Hue::Warning, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "job interrupted")},
    Kind{"job_given_up", Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "job given up")},
    Kind{"rescued", Hue::Warning, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "jobs rescued")},
    Kind{"cleaned_up", Hue::Quiet, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "cleaned up")},
};

} // namespace

int eventKindNumber(const QString &kind)
{
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (kind == QLatin1String(kinds[i].name)) {
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

QString eventWords(const QString &kind)
{
    const int number = eventKindNumber(kind);
    return number < 0 ? QString(kind).replace(QLatin1Char('_'), QLatin1Char(' ')) : lookOfEvent(number).word;
}

} // namespace lifeguard
