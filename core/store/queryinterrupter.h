// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

#include <functional>

struct sqlite3;

namespace lifeguard {

/// Interrupts the queries of a connection while it exists, as soon as a condition holds. An interrupted query fails
/// with Cancelled. On the thread of the connection.
class QueryInterrupter
{
public:
    /// The condition is checked about once per millisecond of a query.
    QueryInterrupter(const QString &connection, std::function<bool()> isObsolete);
    ~QueryInterrupter();
    Q_DISABLE_COPY_MOVE(QueryInterrupter)

private:
    static int check(void *self);

    sqlite3 *m_handle;
    std::function<bool()> m_isObsolete;
};

} // namespace lifeguard
