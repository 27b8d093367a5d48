// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/convertersettings.h"
#include "core/tools/plantumltools.h"
#include "core/worker/toolsandbox.h"

#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// The command line of a PlantUML process, and what the process may read. PlantUML cannot change these options while it
/// runs.
struct PlantUmlCommand
{
    static constexpr int usualLimit = 8192; ///< as in CLX
    static constexpr int largeLimit = 65536;

    QString format; ///< png or svg
    QString workspace;
    QString folder; ///< the working folder, in which relative names are found
    QString fileName; ///< for %filename(); may be empty
    bool setsResolution = false; ///< png: 200 dots per inch, as in CLX, by inserting a skinparam
    bool drawsFormulas = false; ///< with Debian's JLaTeXMath, if it is installed
    int sizeLimit = usualLimit; ///< the largest width and height of a png in pixels; the rest is cut off
    ConverterSettings settings;

    /// Returns the arguments of Java up to PlantUML's own options for input and output. ownFolder: a private folder.
    [[nodiscard]] QStringList arguments(const PlantUmlTools &tools, const QString &ownFolder) const;
    /// Returns what the process may do: read the workspace, the working folder and the pool's folders, and write to
    /// its private folder.
    [[nodiscard]] SandboxPermissions permissions(const PlantUmlTools &tools, const QString &ownFolder) const;
    /// Returns the folders whose files a diagram may read.
    [[nodiscard]] QStringList readableFolders() const;
    /// Returns the variables of this process that Java and Graphviz need, and those that identify the worker. Old
    /// versions of PlantUML let diagrams read variables.
    [[nodiscard]] static QProcessEnvironment environment();

    bool operator==(const PlantUmlCommand &) const = default;
};

} // namespace lifeguard
