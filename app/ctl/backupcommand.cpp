// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/backupcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"
#include "core/store/databasebackup.h"

#include <QFileInfo>

namespace lifeguard::ctl {

BackupCommand::BackupCommand()
    : Command(
        {QStringLiteral("backup"), Text::tr("copy the database while it is in use"),
         Text::tr("Copies the database to a file, as it is at one moment. Managers and workers may run. Inputs and "
                  "outputs are not copied."),
         CommandLine::Access::Reads})
{
}

void BackupCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("file"), Text::tr("The file to write."), QStringLiteral("FILE"));
    line.addOption(QStringLiteral("force"), Text::tr("Replace the file if it exists."));
}

CommandResult BackupCommand::execute(const CommandLine &line)
{
    if (line.positionals().size() != 1) {
        return usageError(Text::tr("Name one file to write the backup to."));
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    const QString path = QFileInfo(line.positionals().constFirst()).absoluteFilePath();
    if (const Status written = DatabaseBackup::write(**database, path, line.isSet(QStringLiteral("force"))); !written) {
        const bool isUsage = written.error().code == ErrorCode::InvalidArgument;
        return isUsage ? CommandResult(inputError(written.error())) : CommandResult(databaseError(written.error()));
    }
    const qint64 size = QFileInfo(path).size();
    if (line.json()) {
        printJson(QJsonObject{{QStringLiteral("file"), path}, {QStringLiteral("bytes"), size}});
    } else {
        printText(Text::tr("Copied the database to %1.").arg(path));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
