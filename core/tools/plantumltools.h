// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Where PlantUML and what it needs are on this machine; empty what is not there.
struct PlantUmlTools
{
    QString java;
    QString jar;
    QString dot; ///< Graphviz: most diagrams but not sequences need it

    [[nodiscard]] static PlantUmlTools find(); ///< $PLANTUML_JAR, $GRAPHVIZ_DOT, then ours, then the usual places
    /// "PlantUML is not installed (no java): apt install plantuml graphviz"; empty when it can run.
    [[nodiscard]] QString missing() const;
};

} // namespace lifeguard
