// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace lifeguard {

/// One result of an examination of this machine. A value type.
struct Finding
{
    enum class Area { System, Tools, Docker, Folders, Database, Pools };
    enum class Level {
        Ok,
        Note, ///< worth knowing; nothing fails because of it, or only what not everybody uses
        Problem, ///< workers or commands fail because of it
    };

    Area area = Area::System;
    Level level = Level::Ok;
    QString text; ///< what was found, and where
    QString advice; ///< how to fix it, a whole sentence; empty if there is nothing to fix

    bool operator==(const Finding &) const = default;
};

/// Returns "system", "tools", "docker", "folders", "database" or "pools".
[[nodiscard]] QString toString(Finding::Area area);
/// Returns "ok", "note" or "problem".
[[nodiscard]] QString toString(Finding::Level level);

/// Returns the number of problems.
[[nodiscard]] int countProblems(const QList<Finding> &findings);

} // namespace lifeguard
