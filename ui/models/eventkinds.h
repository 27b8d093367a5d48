// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "ui/theme.h"

namespace lifeguard {

/// Returns the number of the kind, for StateRole; -1 for an unknown kind.
[[nodiscard]] int eventKindNumber(EventKind kind);
/// Returns the color, shape and text of the kind with this number.
[[nodiscard]] theme::StateLook lookOfEvent(int kindNumber);
/// Returns the name of the event's kind for users; for an unknown kind its stored name with spaces instead of underscores.
[[nodiscard]] QString eventWords(const Event &event);

} // namespace lifeguard
