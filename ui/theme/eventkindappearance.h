// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

namespace lifeguard {

/// Events have kinds as words of the database ("worker_failed"). In the window each has a number, for StateRole, and a look
/// with words a user reads.
[[nodiscard]] int eventKindNumber(const QString &kind); ///< -1: one we do not know
[[nodiscard]] theme::StateAppearance eventKindAppearance(int kindNumber);
/// The words; for kinds we do not know, those of the database with blanks.
[[nodiscard]] QString eventWords(const QString &kind);

} // namespace lifeguard
