// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/pullmeter.h"

#include <algorithm>

namespace lifeguard {

std::optional<PullProgress> PullMeter::add(const QJsonObject &object)
{
    PullProgress now;
    now.status = object.value(QLatin1String("status")).toString();
    const QString id = object.value(QLatin1String("id")).toString();
    const QJsonObject detail = object.value(QLatin1String("progressDetail")).toObject();
    const qint64 total = std::max<qint64>(0, detail.value(QLatin1String("total")).toInteger());
    // Layers are downloaded, then unpacked, each counted from nothing: only the first is a matter of time.
    if (total > 0 && now.status.startsWith(QLatin1String("Downloading")))
        m_layers.insert(id, {std::clamp<qint64>(detail.value(QLatin1String("current")).toInteger(), 0, total), total});
    else if (auto layer = m_layers.find(id); layer != m_layers.end())
        layer->bytes = layer->total; // verifying, extracting, complete
    for (const Layer &layer : std::as_const(m_layers)) {
        now.bytes += layer.bytes;
        now.total += layer.total;
    }
    const bool moved = now.total > 0 ? (now.total != m_told.total || (now.bytes - m_told.bytes) * 50 >= now.total || (now.bytes == now.total && m_told.bytes != now.total))
                                     : now.status != m_told.status;
    if (!moved)
        return {};
    m_told = now;
    return now;
}

} // namespace lifeguard
