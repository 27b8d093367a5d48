// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/deletionbudget.h"

#include <algorithm>

namespace lifeguard {

void DeletionBudget::record(microseconds held)
{
    // Shrinks at once and grows slowly: a slow transaction delays all workers, a short one only the deletion.
    const double ratio = double(target.count()) / double(std::max<microseconds::rep>(held.count(), 1));
    const auto adapted = microseconds(microseconds::rep(double(m_limit.count()) * std::min(ratio, 1.25)));
    m_limit = std::clamp(adapted, minimum, target);
}

} // namespace lifeguard
