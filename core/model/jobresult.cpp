// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/jobresult.h"

#include <QJsonObject>

namespace lifeguard {

QJsonArray warningsOf(const QStringList &notes)
{
    QJsonArray warnings;
    for (const QString &note : notes) {
        warnings.append(QJsonObject{{QStringLiteral("category"), QStringLiteral("lifeguard")},
                                    {QStringLiteral("message"), note},
                                    {QStringLiteral("severity"), QStringLiteral("low")},
                                    {QStringLiteral("details"), QJsonObject()}});
    }
    return warnings;
}

} // namespace lifeguard
