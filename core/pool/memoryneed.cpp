// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/memoryneed.h"

#include <algorithm>
#include <cmath>

namespace lifeguard {

void MemoryNeed::add(qint64 bytes, milliseconds now)
{
    const milliseconds passed = std::max(milliseconds(0), now - m_at);
    m_at = now;
    if (bytes <= 0)
        return;
    const double kept = m_bytes > bytes
                          ? double(m_bytes - bytes) * std::exp2(-double(passed.count()) / halfLife.count())
                          : 0;
    m_bytes = bytes + qint64(kept);
}

} // namespace lifeguard
