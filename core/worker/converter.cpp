// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/converter.h"

#include "core/worker/drawioconverter.h"
#include "core/worker/noopconverter.h"
#include "core/worker/notebookconverter.h"
#include "core/worker/plantumlconverter.h"

namespace lifeguard {

std::unique_ptr<Converter> makeConverter(const QString &type)
{
    if (type == QLatin1String("noop"))
        return std::make_unique<NoopConverter>();
    if (type == QLatin1String("plantuml"))
        return std::make_unique<PlantUmlConverter>();
    if (type == QLatin1String("notebook"))
        return std::make_unique<NotebookConverter>();
    if (type == QLatin1String("drawio"))
        return std::make_unique<DrawioConverter>();
    return nullptr;
}

} // namespace lifeguard
