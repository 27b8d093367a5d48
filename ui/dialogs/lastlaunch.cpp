// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/lastlaunch.h"

#include "core/config/poolspec.h"
#include "core/config/workervariables.h"

#include <QSettings>

namespace lifeguard {

namespace {

constexpr QLatin1String arrayKey("launch/last");
constexpr QLatin1String poolKey("pool");

} // namespace

QList<WorkerConfig> readLastLaunch()
{
    QList<WorkerConfig> configs;
    QSettings settings;
    const int size = settings.beginReadArray(arrayKey);
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        if (const Result<WorkerConfig> config = parsePoolSpec(settings.value(poolKey).toString())) {
            configs.append(*config);
        }
    }
    settings.endArray();
    return configs;
}

void writeLastLaunch(const QList<WorkerConfig> &configs)
{
    QSettings settings;
    settings.remove(arrayKey);
    settings.beginWriteArray(arrayKey, int(configs.size()));
    for (int i = 0; i < configs.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(poolKey, toPoolSpec(withMaskedVariables(configs.at(i))));
    }
    settings.endArray();
}

} // namespace lifeguard
