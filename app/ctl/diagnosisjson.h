// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QJsonObject>

namespace lifeguard::ctl {

/// Returns the facts of a diagnosis and its conclusion as JSON. Missing values are null. Sizes are in bytes, times in UTC, durations in
/// seconds.
[[nodiscard]] QJsonObject toJson(const Diagnosis &diagnosis);

} // namespace lifeguard::ctl
