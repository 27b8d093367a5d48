// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/modelroles.h"

#include <Qt>

namespace lifeguard {

/// The roles that all models of the window share, in addition to Qt's. Qt::DisplayRole returns raw values, which delegates format.
enum ModelRole {
    KeyRole = Qt::UserRole + 1, ///< identifies the row
    StateRole, ///< the row's state as the int of its enum
    SortRole, ///< the value that the column is sorted by
};

} // namespace lifeguard
