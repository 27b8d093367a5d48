// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"
#include "core/config/scalingconfig.h"

namespace lifeguard {

/// Returns the keys of the section scaling of a pool. As one text, the schedule is a list of periods separated by
/// semicolons, each like "mon+tue 08:00-18:00 min:2 max:8"; the days and one of the numbers may be missing.
[[nodiscard]] const QList<ConfigField<ScalingConfig>> &scalingFields();

} // namespace lifeguard
