// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/transactionsize.h"

#include "core/store/database.h"

namespace lifeguard {

Result<qint64> rowSize(Database &database, qint64 jobId)
{
    qint64 size = rowBytes;
    const Status read = database.run("job_size", {{QStringLiteral("id"), jobId}},
                                     [&size](const QSqlQuery &row) { size += row.value(0).toLongLong(); });
    if (!read)
        return failure(read.error());
    return size;
}

} // namespace lifeguard
