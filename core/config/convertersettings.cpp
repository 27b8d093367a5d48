// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/convertersettings.h"

#include "core/config/outputroots.h"

namespace lifeguard {
namespace {

const QString networkVariable = QStringLiteral("LIFEGUARD_ALLOW_NETWORK");
const QString filesVariable = QStringLiteral("LIFEGUARD_ALLOW_FILES");
const QString rulesVariable = QStringLiteral("LIFEGUARD_NOTEBOOK_RULES");
const QString notebookFilesVariable = QStringLiteral("LIFEGUARD_NOTEBOOK_FILES");

} // namespace

QStringList ConverterSettings::knownNotebookRules()
{
    return {QStringLiteral("clx"), QStringLiteral("clm"), QStringLiteral("lifeguard")};
}

QMap<QString, QString> ConverterSettings::toEnvironment() const
{
    return {{networkVariable, allowNetwork ? QStringLiteral("true") : QString()},
            {filesVariable, joinOutputRoots(allowFiles)},
            {rulesVariable, notebookRules},
            {notebookFilesVariable, joinOutputRoots(notebookFiles)}};
}

ConverterSettings ConverterSettings::fromEnvironment(const QProcessEnvironment &environment)
{
    ConverterSettings settings;
    settings.allowNetwork = environment.value(networkVariable) == QLatin1String("true");
    settings.allowFiles = splitOutputRoots(environment.value(filesVariable));
    if (const QString rules = environment.value(rulesVariable); knownNotebookRules().contains(rules))
        settings.notebookRules = rules;
    settings.notebookFiles = splitOutputRoots(environment.value(notebookFilesVariable));
    return settings;
}

} // namespace lifeguard
