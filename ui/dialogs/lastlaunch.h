// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QList>

namespace lifeguard {

/// Returns the pools that were launched together the last time, from the user's settings. Entries that cannot be read are left out.
[[nodiscard]] QList<WorkerConfig> readLastLaunch();
void writeLastLaunch(const QList<WorkerConfig> &configs);

} // namespace lifeguard
