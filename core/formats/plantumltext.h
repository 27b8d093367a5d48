// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// A diagram of an input, ready for PlantUML's pipe.
struct PlantUmlDiagram
{
    QByteArray text; ///< "@startuml … @enduml\n", UTF-8: exactly one answer comes back for it
    int firstLine = 1; ///< line of @start… in the input
    bool hasIncludes = false; ///< relative ones are looked for in the input's folder

    bool operator==(const PlantUmlDiagram &) const = default;
};

/// Takes a diagram out of an input, by its index from 0. Errors: no @start…, no @end…, nothing in between, no such index.
[[nodiscard]] Result<PlantUmlDiagram> plantUmlDiagram(const QByteArray &input, int index = 0);

/// The names of all diagrams of an input, in their order; empty for one that has none ("@startuml" alone).
[[nodiscard]] QStringList plantUmlNames(const QByteArray &input);

/// The files that diagrams include, as they are named there: parts, and themes of one's own. Nothing of PlantUML's library.
[[nodiscard]] QStringList plantUmlIncludes(const QString &text);

/// What PlantUML's stderr says of one diagram: nothing when all went well (warnings are nothing), else the error in words,
/// with the line of the input, "line 3: Syntax Error?", and all of stderr as its detail.
[[nodiscard]] Status plantUmlVerdict(const QByteArray &standardError, const PlantUmlDiagram &diagram);

} // namespace lifeguard
