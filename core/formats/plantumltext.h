// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// One diagram of an input, in the form that PlantUML's -pipe option needs.
struct PlantUmlDiagram
{
    QByteArray text; ///< "@startuml … @enduml\n" in UTF-8; PlantUML writes exactly one output for it
    QString type; ///< "uml", "json", …, as in @start…
    int firstLine = 1; ///< line number of @start… in the input

    bool operator==(const PlantUmlDiagram &) const = default;
};

/// Extracts a diagram from an input; index counts from 0. Fails if there is no diagram with this index, or if the
/// diagram has no end or no content.
[[nodiscard]] Result<PlantUmlDiagram> plantUmlDiagram(const QByteArray &input, int index = 0);

/// Returns the names of all diagrams of an input, in their order. A diagram without a name ("@startuml") has an empty
/// name.
[[nodiscard]] QStringList plantUmlNames(const QByteArray &input);

/// Returns the numbers of pages of all diagrams of an input, in their order, as far as they can be counted in the text
/// (`newpage`).
[[nodiscard]] QList<int> plantUmlPageCounts(const QByteArray &input);

} // namespace lifeguard
