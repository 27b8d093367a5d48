// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockertypes.h"

#include <QHash>
#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Adds up the progress of the layers of an image that is being pulled. A value type.
class PullProgressTracker
{
public:
    /// Takes one object of the stream and returns the total progress; nothing if it differs from the last result by
    /// less than 2 % and the total is the same.
    [[nodiscard]] std::optional<PullProgress> add(const QJsonObject &object);

private:
    struct Layer
    {
        qint64 bytes = 0;
        qint64 total = 0;
    };

    QHash<QString, Layer> m_layers;
    PullProgress m_lastResult;
};

} // namespace lifeguard
