// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/jobtypes.h"

#include "core/worker/drawiotools.h"
#include "core/worker/plantumltools.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {

const QList<JobType> &jobTypes()
{
    // .iuml files are parts that others include, no diagrams of their own.
    static const QList<JobType> types{
        {QStringLiteral("plantuml"),
         {QStringLiteral("puml"), QStringLiteral("plantuml"), QStringLiteral("pu"), QStringLiteral("wsd")},
         {QStringLiteral("png"), QStringLiteral("svg")}},
        // Not .xml and .svg, which usually are something else: such a file has to be named together with its type.
        {QStringLiteral("drawio"), {QStringLiteral("drawio"), QStringLiteral("dio")}, {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf")}},
        {QStringLiteral("noop"), {}, {}},
    };
    return types;
}

std::optional<JobType> jobType(const QString &name)
{
    const QList<JobType> &types = jobTypes();
    const auto found = std::find_if(types.cbegin(), types.cend(), [&](const JobType &type) { return type.name == name; });
    return found == types.cend() ? std::nullopt : std::optional(*found);
}

std::optional<JobType> jobTypeForFile(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QList<JobType> &types = jobTypes();
    const auto found = std::find_if(types.cbegin(), types.cend(), [&](const JobType &type) { return type.inputSuffixes.contains(suffix); });
    return found == types.cend() ? std::nullopt : std::optional(*found);
}

QString missingTools(const QString &typeName)
{
    if (typeName == QLatin1String("drawio"))
        return DrawioTools::find().missing();
    if (typeName != QLatin1String("plantuml"))
        return {};
    const PlantUmlTools tools = PlantUmlTools::find();
    const QString missing = tools.missing();
    if (missing.isEmpty() && tools.dot.isEmpty())
        return QCoreApplication::translate("lifeguard::PlantUml", "Graphviz is not installed; only sequence diagrams can be drawn: apt install graphviz");
    return missing;
}

} // namespace lifeguard
