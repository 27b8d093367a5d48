// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/numberreading.h"

#include "core/store/sqliteconnection.h"

#include <QSqlQuery>
#include <QSqlResult>
#include <QVariant>

#include <sqlite3.h>

namespace lifeguard {
namespace {

/// Returns SQLite's object of a query; null if it is not known.
sqlite3_stmt *statementOf(const QString &connection, const QSqlQuery &query)
{
    const QVariant handle = query.result()->handle();
    return sqliteHandle(connection) && qstrcmp(handle.typeName(), "sqlite3_stmt*") == 0
             ? *static_cast<sqlite3_stmt *const *>(handle.constData())
             : nullptr;
}

} // namespace

QSqlError readNumbers(const QString &connection, QSqlQuery &query, QList<qint64> &numbers)
{
    // Qt has read the first row already.
    if (!query.next())
        return query.lastError();
    numbers.append(query.value(0).toLongLong());
    sqlite3_stmt *statement = statementOf(connection, query);
    if (!statement) {
        while (query.next())
            numbers.append(query.value(0).toLongLong());
        return query.lastError();
    }
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement))
        numbers.append(sqlite3_column_int64(statement, 0));
    if (code == SQLITE_DONE)
        return {};
    return QSqlError(QString(), QString::fromUtf8(sqlite3_errstr(code)), QSqlError::StatementError,
                     QString::number(code));
}

} // namespace lifeguard
