// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockertypes.h"

#include <QHash>
#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Adds up what the engine tells of a pull, layer by layer. A plain value.
class PullMeter
{
public:
    /// One object of the stream. Nothing: no more than a fiftieth has come since the last answer, and the words are the same.
    std::optional<PullProgress> add(const QJsonObject &object);

private:
    struct Layer
    {
        qint64 bytes = 0;
        qint64 total = 0;
    };

    QHash<QString, Layer> m_layers;
    PullProgress m_told;
};

} // namespace lifeguard
