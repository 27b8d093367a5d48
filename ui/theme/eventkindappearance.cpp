// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/eventkindappearance.h"

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
    Kind{"pool_starting", Hue::Neutral, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "pool starts")},
    Kind{"pool_started", Hue::Good, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool runs")},
    Kind{"pool_stopping", Hue::Neutral, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "pool stops")},
    Kind{"pool_stopped", Hue::Neutral, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "pool stopped")},
    Kind{"pool_crash_looping", Hue::Bad, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "crash-looping")},
    Kind{"pool_mode", Hue::Neutral, Shape::Dash, QT_TRANSLATE_NOOP("lifeguard::events", "mode chosen")},
    Kind{"pool_paused", Hue::Busy, Shape::Bars, QT_TRANSLATE_NOOP("lifeguard::events", "pool paused")},
    Kind{"pool_resumed", Hue::Good, Shape::Disc, QT_TRANSLATE_NOOP("lifeguard::events", "pool goes on")},
    Kind{"worker_starting", Hue::Neutral, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "worker starts")},
    Kind{"worker_registered", Hue::Good, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker ready")},
    Kind{"worker_stopping", Hue::Neutral, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker stops")},
    Kind{"worker_draining", Hue::Neutral, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "worker drains")},
    Kind{"worker_stopped", Hue::Neutral, Shape::Square, QT_TRANSLATE_NOOP("lifeguard::events", "worker stopped")},
    Kind{"worker_failed", Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "worker died")},
    Kind{"worker_suspect", Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "worker suspect")},
    Kind{"worker_hung", Hue::Bad, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "worker hung")},
    Kind{"worker_recovered", Hue::Good, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "worker well again")},
    Kind{"worker_adopted", Hue::Good, Shape::Ring, QT_TRANSLATE_NOOP("lifeguard::events", "worker adopted")},
    Kind{"worker_limit", Hue::Warning, Shape::Triangle, QT_TRANSLATE_NOOP("lifeguard::events", "limit not kept")},
    Kind{"machine_slept", Hue::Neutral, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "machine slept")},
    Kind{"clock_set", Hue::Neutral, Shape::Arc, QT_TRANSLATE_NOOP("lifeguard::events", "clock was set")},
    Kind{"job_returned", Hue::Warning, Shape::Half, QT_TRANSLATE_NOOP("lifeguard::events", "job back in the queue")},
    Kind{"job_interrupted", Hue::Warning, Shape::Diamond, QT_TRANSLATE_NOOP("lifeguard::events", "job interrupted")},
    Kind{"job_given_up", Hue::Bad, Shape::Cross, QT_TRANSLATE_NOOP("lifeguard::events", "job given up")},
    Kind{"rescued", Hue::Warning, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "jobs rescued")},
    Kind{"cleaned_up", Hue::Neutral, Shape::Check, QT_TRANSLATE_NOOP("lifeguard::events", "cleaned up")},
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

theme::StateAppearance eventKindAppearance(int kindNumber)
{
    if (kindNumber < 0 || std::size_t(kindNumber) >= kinds.size()) {
        return {Hue::Neutral, Shape::Dash, {}};
    }
    const Kind &kind = kinds[std::size_t(kindNumber)];
    return {kind.hue, kind.shape, QCoreApplication::translate("lifeguard::events", kind.words)};
}

QString eventWords(const QString &kind)
{
    const int number = eventKindNumber(kind);
    return number < 0 ? QString(kind).replace(QLatin1Char('_'), QLatin1Char(' ')) : eventKindAppearance(number).text;
}

} // namespace lifeguard
