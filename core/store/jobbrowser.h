// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/jobpage.h"

#include <QCoreApplication>

namespace lifeguard {

/// Answers page requests and keeps the fixed order of a table, so that rows do not move while the user scrolls. Keeps
/// one order at a time. Used only on the browser thread of the store.
class JobBrowser
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobBrowser)

public:
    /// Returns a page of the rows as they are now or, if request.order is not 0, of the fixed order.
    [[nodiscard]] Result<JobPage> page(Database &database, const JobPageRequest &request);
    /// Returns the jobs in these rows of the fixed order request.order. InvalidArgument if the rows contain more jobs
    /// than limit.
    [[nodiscard]] Result<QList<Job>> rows(Database &database, const JobPageRequest &request,
                                          const QList<RowRange> &ranges, int limit);

private:
    [[nodiscard]] Status fixOrder(Database &database, const JobPageRequest &request);

    quint64 m_order = 0; ///< 0: no order is fixed
    QList<qint64> m_ids;
};

} // namespace lifeguard
