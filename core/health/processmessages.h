// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// "S (waits)", "T (stopped by a signal)", "D (waits for a device)".
[[nodiscard]] QString stateInWords(char state);

/// What a process waits for whose wait channel (/proc/PID/wchan) that is: "for another thread", "for input from a pipe"; empty where
/// we do not know the kernel's function.
[[nodiscard]] QString waitInWords(const QString &waitChannel);

} // namespace lifeguard
