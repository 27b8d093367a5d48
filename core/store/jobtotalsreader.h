// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/jobtotals.h"

namespace lifeguard {

class Database;

/// Reads what the triggers of the database have counted. Costs the same however many jobs there are. Synchronous; on
/// the thread of its database.
class JobTotalsReader
{
public:
    explicit JobTotalsReader(Database &database) : m_db(database) {}

    /// Returns nothing for a file that does not count, because it was never opened for writing by this version.
    [[nodiscard]] Result<JobTotalsByType> read();

private:
    Database &m_db;
};

} // namespace lifeguard
