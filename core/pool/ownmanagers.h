// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The ids of the managers that exist in this process. A database that was restored or copied contains rows of earlier
/// managers of this process, which still runs. Thread-safe.
class OwnManagers
{
public:
    static void add(const QString &managerId);
    static void remove(const QString &managerId);
    [[nodiscard]] static bool contains(const QString &managerId);
};

} // namespace lifeguard
