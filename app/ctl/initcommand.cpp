// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/initcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

InitCommand::InitCommand()
    : Command({QStringLiteral("init"), Text::tr("create the database"),
               Text::tr("Creates the database with all its tables. An existing database is not changed."),
               CommandLine::Access::Writes})
{
}

CommandResult InitCommand::execute(const CommandLine &line)
{
    if (!line.positionals().isEmpty()) {
        return usageError(Text::tr("Unexpected argument '%1'.").arg(line.positionals().constFirst()));
    }
    const auto database = line.openDatabase(OpenMode::Create);
    if (!database) {
        return databaseError(database.error());
    }
    const DatabaseInfo &info = (*database)->info();
    if (line.json()) {
        printJson(QJsonArray{QJsonObject{{QStringLiteral("path"), info.path},
                                         {QStringLiteral("version"), info.clxVersion},
                                         {QStringLiteral("created"), info.created}}});
    } else if (info.created) {
        printText(Text::tr("Created %1.").arg(info.path));
    } else {
        printText(Text::tr("%1 already exists (schema version %2).").arg(info.path, QString::number(info.clxVersion)));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
