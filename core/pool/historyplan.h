// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"
#include "core/store/retention.h"

#include <QDateTime>
#include <QList>

namespace lifeguard {

/// Returns which history is too old at a time. Kinds that are kept forever are left out.
[[nodiscard]] QList<HistorySelection> expiredHistory(const RetentionConfig &config, const QDateTime &now);

/// Returns the pause after a transaction that held the write lock for this time, so that workers lose only a small part
/// of their rate.
[[nodiscard]] milliseconds pauseAfter(std::chrono::microseconds held);

} // namespace lifeguard
