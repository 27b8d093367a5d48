// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"

#include <QByteArray>

namespace lifeguard {

/// Returns what a hook receives: one JSON object with the members event, at, pool, worker, worker_type, job, message,
/// code, parameters, database and manager. Members without a value are null. Secrets in texts are masked.
[[nodiscard]] QByteArray hookPayload(const Event &event, const QString &database, const QString &managerId);

} // namespace lifeguard
