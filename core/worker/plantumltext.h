// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// The first diagram of an input, ready for PlantUML's pipe.
struct PlantUmlDiagram
{
    QByteArray text; ///< "@startuml … @enduml\n", UTF-8: exactly one answer comes back for it
    int firstLine = 1; ///< line of @start… in the input
    bool hasIncludes = false; ///< relative ones are looked for in the input's folder

    bool operator==(const PlantUmlDiagram &) const = default;
};

/// Takes the first diagram out of an input. Errors: no @start…, no @end…, nothing in between.
[[nodiscard]] Result<PlantUmlDiagram> firstDiagram(const QByteArray &input);

/// What PlantUML's stderr says of one diagram: nothing when all went well (warnings are nothing), else the error in words,
/// with the line of the input, "line 3: Syntax Error?", and all of stderr as its detail.
[[nodiscard]] Status plantUmlVerdict(const QByteArray &standardError, const PlantUmlDiagram &diagram);

} // namespace lifeguard
