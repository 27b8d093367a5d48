// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/pullprogresstracker.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qint64 stepsPerPull = 50;

/// Returns whether the progress has changed enough since the last report.
bool isWorthReporting(const PullProgress &now, const PullProgress &last)
{
    if (now.total == 0)
        return now.status != last.status;
    const bool isComplete = now.bytes == now.total && last.bytes != now.total;
    return now.total != last.total || isComplete || (now.bytes - last.bytes) * stepsPerPull >= now.total;
}

} // namespace

std::optional<PullProgress> PullProgressTracker::add(const QJsonObject &object)
{
    PullProgress now;
    now.status = object.value(QLatin1String("status")).toString();
    const QString id = object.value(QLatin1String("id")).toString();
    const QJsonObject detail = object.value(QLatin1String("progressDetail")).toObject();
    const qint64 total = std::max<qint64>(0, detail.value(QLatin1String("total")).toInteger());
    // A layer is downloaded, then unpacked, and each step counts from 0. Only the download takes a significant time.
    if (total > 0 && now.status.startsWith(QLatin1String("Downloading")))
        m_layers.insert(id, {std::clamp<qint64>(detail.value(QLatin1String("current")).toInteger(), 0, total), total});
    else if (auto layer = m_layers.find(id); layer != m_layers.end())
        layer->bytes = layer->total; // verifying, extracting, complete
    for (const Layer &layer : std::as_const(m_layers)) {
        now.bytes += layer.bytes;
        now.total += layer.total;
    }
    if (!isWorthReporting(now, m_lastResult))
        return {};
    m_lastResult = now;
    return now;
}

} // namespace lifeguard
