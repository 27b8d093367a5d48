// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/scalinghistory.h"

namespace lifeguard {

template<typename IsSurpassed>
void ScalingHistory::addTo(QList<Value> &values, const Value &value, milliseconds window, IsSurpassed isSurpassed)
{
    // The value before was valid until now, however long ago it was recorded.
    if (!values.isEmpty())
        values.last().until = value.until;
    while (!values.isEmpty() && isSurpassed(values.last().needed, value.needed))
        values.removeLast();
    values.append(value);
    while (values.size() > 1 && value.until - values.first().until >= window)
        values.removeFirst();
}

void ScalingHistory::add(int needed, milliseconds now, milliseconds peakWindow, milliseconds troughWindow)
{
    addTo(m_peaks, {needed, now}, peakWindow, [](int earlier, int later) { return earlier <= later; });
    addTo(m_troughs, {needed, now}, troughWindow, [](int earlier, int later) { return earlier >= later; });
}

} // namespace lifeguard
