// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QSqlError>
#include <QString>

class QSqlQuery;

namespace lifeguard {

/// Appends the first column of all rows of an executed query to the numbers, without Qt's copy of each row, which costs
/// more than SQLite's work if there are many rows. The query must be finished afterwards. Returns the error that ended
/// the reading, or one that is not valid.
[[nodiscard]] QSqlError readNumbers(const QString &connection, QSqlQuery &query, QList<qint64> &numbers);

} // namespace lifeguard
