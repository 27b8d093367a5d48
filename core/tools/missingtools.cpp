// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/missingtools.h"

#include "core/tools/drawiotools.h"
#include "core/tools/notebooktools.h"
#include "core/tools/plantumltools.h"

#include <QCoreApplication>

namespace lifeguard {

QString missingTools(const QString &typeName)
{
    if (typeName == QLatin1String("drawio"))
        return DrawioTools::find().missingMessage();
    if (typeName == QLatin1String("notebook"))
        return NotebookTools::find().missingMessage();
    if (typeName != QLatin1String("plantuml"))
        return {};
    const PlantUmlTools tools = PlantUmlTools::find();
    const QString missing = tools.missingMessage();
    if (missing.isEmpty() && tools.dot.isEmpty()) {
        return QCoreApplication::translate(
            "lifeguard::PlantUml",
            "Graphviz is not installed: only sequence diagrams can be drawn. Install it: apt install graphviz");
    }
    return missing;
}

} // namespace lifeguard
