// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"
#include "core/store/database.h"

namespace lifeguard {

/// Returns the values of the columns message, code and parameters of lifeguard_events.
[[nodiscard]] Values eventMessageValues(const Message &message);

/// Returns the values of the columns reason, reason_code and reason_parameters of lifeguard_workers. An empty reason is
/// stored as NULL.
[[nodiscard]] Values reasonValues(const Message &reason);
/// Returns the message that these columns contain. A code that does not belong to the text is ignored: a program of
/// schema version 2 updates the text alone and leaves an older code in place.
[[nodiscard]] Message storedReason(const QString &text, const QString &code, const QString &parameters);

} // namespace lifeguard
