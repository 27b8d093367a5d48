// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/scalingshares.h"

#include <algorithm>
#include <numeric>

namespace lifeguard {

ScalingBounds ScalingShares::joint(const QList<ScalingPart> &parts, int cpuCount)
{
    ScalingBounds bounds{0, 0, false};
    for (const ScalingPart &part : parts) {
        if (!part.canStart)
            continue;
        bounds.min += part.bounds.min;
        if (part.bounds.isMaxCpuCount)
            bounds.isMaxCpuCount = true;
        else
            bounds.max += part.bounds.max;
    }
    if (bounds.isMaxCpuCount)
        bounds.max += std::max(1, cpuCount);
    bounds.max = std::max(bounds.min, bounds.max);
    return bounds;
}

QList<int> ScalingShares::divide(int workers, ExecutionMode prefer, const QList<ScalingPart> &parts)
{
    QList<qsizetype> order(parts.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_partition(order.begin(), order.end(), [&](qsizetype i) { return parts.at(i).mode == prefer; });
    QList<int> counts(parts.size(), 0);
    int left = std::max(0, workers);
    const auto fill = [&](int ScalingBounds::*bound) {
        for (const qsizetype i : std::as_const(order)) {
            if (!parts.at(i).canStart)
                continue;
            const int added = std::clamp(parts.at(i).bounds.*bound - counts.at(i), 0, left);
            counts[i] += added;
            left -= added;
        }
    };
    fill(&ScalingBounds::min);
    fill(&ScalingBounds::max);
    return counts;
}

QList<int> ScalingShares::fair(const QList<int> &wanted, int total)
{
    // The modest types come first: what they leave is divided among the others.
    QList<qsizetype> order(wanted.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](qsizetype a, qsizetype b) { return wanted.at(a) < wanted.at(b); });
    QList<int> shares(wanted.size(), 0);
    int left = std::max(0, total);
    qsizetype types = wanted.size();
    for (const qsizetype i : std::as_const(order)) {
        shares[i] = std::min<int>(wanted.at(i), left / int(types));
        left -= shares.at(i);
        --types;
    }
    return shares;
}

} // namespace lifeguard
