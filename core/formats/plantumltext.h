// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// One diagram of an input, in the form that PlantUML's -pipe option needs.
struct PlantUmlDiagram
{
    QByteArray text; ///< "@startuml … @enduml\n" in UTF-8; PlantUML writes exactly one output for it
    int firstLine = 1; ///< line number of @start… in the input
    bool hasIncludes = false; ///< relative includes are searched for in the folder of the input

    bool operator==(const PlantUmlDiagram &) const = default;
};

/// Extracts a diagram from an input; index counts from 0. Fails if there is no diagram with this index, or if the
/// diagram has no end or no content.
[[nodiscard]] Result<PlantUmlDiagram> plantUmlDiagram(const QByteArray &input, int index = 0);

/// Returns the names of all diagrams of an input, in their order. A diagram without a name ("@startuml") has an empty
/// name.
[[nodiscard]] QStringList plantUmlNames(const QByteArray &input);

/// Returns the files that diagrams include, as written in the text: parts of diagrams and the user's own themes, but
/// nothing from PlantUML's library.
[[nodiscard]] QStringList plantUmlIncludes(const QString &text);

/// Returns the error that PlantUML wrote to stderr about a diagram, if any; warnings are ignored. The message names the
/// line of the input ("line 3: Syntax Error?"), the detail is the end of stderr.
[[nodiscard]] Status checkPlantUmlErrors(const QByteArray &standardError, const PlantUmlDiagram &diagram);

} // namespace lifeguard
