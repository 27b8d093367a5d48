// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Copies a file to where none is yet, and makes the folders on the way. The copy appears whole or not at all, and never takes the
/// place of another file: where one with the same content stands already, that is success, otherwise an error that names it.
/// progress->done grows by the bytes. Reads and writes: not for the GUI thread.
[[nodiscard]] Status copyToNew(const QString &from, const QString &to, Progress *progress = nullptr);

/// Whether both are ordinary files of the same bytes; false where one of them cannot be read, or when cancelled.
[[nodiscard]] bool haveSameContent(const QString &a, const QString &b, const Progress *progress = nullptr);

} // namespace lifeguard
