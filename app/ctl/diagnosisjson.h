// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QJsonObject>

namespace lifeguard::ctl {

/// The facts of a diagnosis, with its conclusion; null where there is no value. Sizes are bytes, times UTC, durations seconds.
[[nodiscard]] QJsonObject toJson(const Diagnosis &diagnosis);

} // namespace lifeguard::ctl
