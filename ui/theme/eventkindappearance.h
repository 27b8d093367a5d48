// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "ui/theme/stateappearance.h"

namespace lifeguard {

/// Returns how a kind of event is shown. The text is empty for EventKind::Unknown.
[[nodiscard]] theme::StateAppearance eventKindAppearance(EventKind kind);
/// Returns the text of the event's kind; for an unknown kind, its stored name with spaces instead of underscores.
[[nodiscard]] QString eventKindText(const Event &event);

} // namespace lifeguard
