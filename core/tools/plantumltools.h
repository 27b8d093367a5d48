// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// PlantUML on this machine, and the programs that it needs. Paths are empty if nothing was found.
struct PlantUmlTools
{
    QString java;
    QString jar;
    QString dot; ///< of Graphviz: all diagrams except sequence diagrams need it

    /// Checks $PLANTUML_JAR and $GRAPHVIZ_DOT, or, if they are not set, the version that comes with Lifeguard
    /// (packaging/plantuml) and the usual folders. Only checks whether files exist.
    [[nodiscard]] static PlantUmlTools find();
    /// Returns the libraries of Debian that PlantUML needs for formulas, in /usr/share/java, or an empty list if
    /// JLaTeXMath is not installed.
    [[nodiscard]] static QStringList formulaLibraries();
    /// Returns a sentence that names what is missing and explains how to install it, or an empty string if PlantUML can
    /// run.
    [[nodiscard]] QString missingMessage() const;
    /// Returns a sentence for the case that Java was found, but cannot be started. how: the reason.
    [[nodiscard]] static QString startFailure(const QString &how);
};

} // namespace lifeguard
