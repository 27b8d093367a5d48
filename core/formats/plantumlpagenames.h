// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Names the pictures of further pages, as PlantUML names them: "a_001.svg" is the second page of "a.svg". In a file
/// with several diagrams, PlantUML continues the numbers.
struct PlantUmlPageNames
{
    QString output; ///< the file name of the first page
    QString format; ///< png or svg
    bool isLaterDiagram = false; ///< not the first of its file
    int reservedPages = 0; ///< in a file with several diagrams: the pages whose names are this diagram's; 0: all

    /// Returns the name of a page, counted from 0; page > 0. Pure.
    [[nodiscard]] QString name(qsizetype page) const;
};

} // namespace lifeguard
