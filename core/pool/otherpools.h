// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/poolinfo.h"

#include <QList>

namespace lifeguard {

struct StoreSnapshot;

/// Returns the pools that other managers than this one have published, with the numbers of their workers and jobs.
/// Texts are in the language of the user.
[[nodiscard]] QList<PoolInfo> otherPools(const StoreSnapshot &snapshot, const QString &managerId);

} // namespace lifeguard
