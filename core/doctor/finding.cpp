// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/finding.h"

#include <algorithm>

namespace lifeguard {

QString toString(Finding::Area area)
{
    switch (area) {
    case Finding::Area::System:
        return QStringLiteral("system");
    case Finding::Area::Tools:
        return QStringLiteral("tools");
    case Finding::Area::Docker:
        return QStringLiteral("docker");
    case Finding::Area::Folders:
        return QStringLiteral("folders");
    case Finding::Area::Database:
        return QStringLiteral("database");
    case Finding::Area::Pools:
        return QStringLiteral("pools");
    }
    return {};
}

QString toString(Finding::Level level)
{
    switch (level) {
    case Finding::Level::Ok:
        return QStringLiteral("ok");
    case Finding::Level::Note:
        return QStringLiteral("note");
    case Finding::Level::Problem:
        return QStringLiteral("problem");
    }
    return {};
}

int countProblems(const QList<Finding> &findings)
{
    return int(std::count_if(findings.begin(), findings.end(),
                             [](const Finding &finding) { return finding.level == Finding::Level::Problem; }));
}

} // namespace lifeguard
