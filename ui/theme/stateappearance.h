// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"
#include "core/model/poolstate.h"
#include "core/model/workerstate.h"
#include "ui/theme/stateshapes.h"

#include <QMetaType>
#include <QString>

namespace lifeguard::theme {

/// How a state is shown: a colour, a shape and a word or short text.
struct StateAppearance
{
    Hue hue = Hue::Neutral;
    Shape shape = Shape::Ring;
    QString text; ///< translated

    bool operator==(const StateAppearance &) const = default;
};

[[nodiscard]] StateAppearance appearance(WorkerState state);
[[nodiscard]] StateAppearance appearance(PoolState state);
[[nodiscard]] StateAppearance appearance(JobStatus status);

} // namespace lifeguard::theme

Q_DECLARE_METATYPE(lifeguard::theme::StateAppearance)
