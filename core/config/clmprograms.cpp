// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/clmprograms.h"

#include <algorithm>

namespace lifeguard {

bool isClmCommand(const QStringList &words)
{
    return std::any_of(words.cbegin(), words.cend(),
                       [](const QString &word) { return word.contains(QLatin1String("clm.workers.")); });
}

bool areClmPrograms(const WorkerConfig &config)
{
    if (!config.command.isEmpty())
        return isClmCommand(config.command);
    return config.image.section(u'/', -1).startsWith(QLatin1String("clm-"));
}

QString claimedMode(const WorkerConfig &config, const QString &mode)
{
    return areClmPrograms(config) ? toString(ExecutionMode::Direct) : mode;
}

} // namespace lifeguard
