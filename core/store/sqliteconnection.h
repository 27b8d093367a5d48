// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

class QSqlError;

/// What database.cpp and databaseopening.cpp share: connections of SQLite, their errors, and the pauses before a locked one is
/// tried again. For nobody else.
namespace lifeguard {

[[nodiscard]] bool isBusy(const QSqlError &error);
/// In words for a user; path: of the file.
[[nodiscard]] Error describe(const QSqlError &error, const QString &path);

[[nodiscard]] QString nextConnectionName();
/// Opens a connection; the caller removes it, also one that could not be opened.
Status openConnection(const QString &name, const QString &path, bool readOnly);
void closeConnection(const QString &name);

/// Waits a random moment, so that those who wait for a lock get it in turns: short at first, since most transactions take
/// less than 0.1 ms, then longer, up to some 3 ms, so that many who wait do not burn the processor.
void pauseForLock(int tries);

} // namespace lifeguard
