// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/queryinterrupter.h"

#include "core/store/sqliteconnection.h"

#include <sqlite3.h>

namespace lifeguard {
namespace {

constexpr int stepsPerCheck = 10000; ///< of SQLite's virtual machine, which needs about 10 for each row of a scan

} // namespace

QueryInterrupter::QueryInterrupter(const QString &connection, std::function<bool()> isObsolete)
    : m_handle(sqliteHandle(connection))
    , m_isObsolete(std::move(isObsolete))
{
    if (m_handle)
        sqlite3_progress_handler(m_handle, stepsPerCheck, check, this);
}

QueryInterrupter::~QueryInterrupter()
{
    if (m_handle)
        sqlite3_progress_handler(m_handle, 0, nullptr, nullptr);
}

int QueryInterrupter::check(void *self)
{
    return static_cast<const QueryInterrupter *>(self)->m_isObsolete() ? 1 : 0;
}

} // namespace lifeguard
