// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recentdatabases.h"

#include <QSettings>

namespace lifeguard {

namespace {

constexpr qsizetype maxRecent = 10;
const QLatin1String arrayKey("recent");
const QLatin1String databaseKey("database");
const QLatin1String workspaceKey("workspace");
const QLatin1String readOnlyKey("readOnly");

void writeSettings(const QList<DatabaseChoice> &choices)
{
    QSettings settings;
    settings.remove(arrayKey);
    settings.beginWriteArray(arrayKey, int(choices.size()));
    for (int i = 0; i < choices.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(databaseKey, choices.at(i).database);
        settings.setValue(workspaceKey, choices.at(i).workspace);
        settings.setValue(readOnlyKey, choices.at(i).readOnly);
    }
    settings.endArray();
}

} // namespace

QList<DatabaseChoice> recentDatabases()
{
    QList<DatabaseChoice> choices;
    QSettings settings;
    const int count = settings.beginReadArray(arrayKey);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        const DatabaseChoice choice{settings.value(databaseKey).toString(), settings.value(workspaceKey).toString(),
                                    settings.value(readOnlyKey).toBool()};
        if (!choice.database.isEmpty() && !choice.workspace.isEmpty()) {
            choices.append(choice);
        }
    }
    settings.endArray();
    return choices;
}

void rememberDatabase(const DatabaseChoice &choice)
{
    QList<DatabaseChoice> choices = recentDatabases();
    choices.removeIf([&choice](const DatabaseChoice &known) { return known.database == choice.database; });
    choices.prepend(choice);
    writeSettings(choices.first(std::min(choices.size(), maxRecent)));
}

} // namespace lifeguard
