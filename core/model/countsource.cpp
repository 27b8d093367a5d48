// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/countsource.h"

namespace lifeguard {

QString toString(CountSource source)
{
    switch (source) {
    case CountSource::Launch:
        return QStringLiteral("launch");
    case CountSource::File:
        return QStringLiteral("file");
    case CountSource::Hand:
        return QStringLiteral("hand");
    case CountSource::Scaling:
        return QStringLiteral("scaling");
    }
    return {};
}

CountSource countSourceFromString(const QString &name)
{
    for (const CountSource source : {CountSource::File, CountSource::Hand, CountSource::Scaling}) {
        if (name == toString(source))
            return source;
    }
    return CountSource::Launch;
}

} // namespace lifeguard
