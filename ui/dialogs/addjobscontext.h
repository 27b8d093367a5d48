// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// The data of the session that the dialog for adding jobs needs.
struct AddJobsContext
{
    QString workspace; ///< absolute
    QStringList types; ///< job types in the database, which may include types that Lifeguard does not know
    QStringList servedTypes; ///< job types of running pools
};

} // namespace lifeguard
