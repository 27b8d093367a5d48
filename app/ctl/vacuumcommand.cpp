// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/vacuumcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"
#include "core/store/lockholders.h"

#include <QFileInfo>
#include <QLocale>

#include <unistd.h>

namespace lifeguard::ctl {

VacuumCommand::VacuumCommand()
    : Command(
        {QStringLiteral("vacuum"), Text::tr("make the file of the database smaller"),
         Text::tr("Writes the database anew without unused space. Files that this version of Lifeguard has created "
                  "shrink by themselves; after this command, others do too. No other program may use the "
                  "database, and its disk needs free space for two more copies."),
         CommandLine::Access::Writes})
{
}

CommandResult VacuumCommand::execute(const CommandLine &line)
{
    if (!line.positionals().isEmpty()) {
        return usageError(Text::tr("The command vacuum has no arguments, only options."));
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return databaseError(database.error());
    }
    const QString path = (*database)->info().path;
    QList<LockHolder> users = LockHolders::of(path).users();
    users.removeIf([](const LockHolder &user) { return user.pid == getpid(); });
    if (!users.isEmpty()) {
        return databaseError({ErrorCode::Busy,
                              Text::tr("%1 is in use by %2. Stop these programs first: they would have to wait until "
                                       "the whole file was written anew.")
                                  .arg(path, LockHolders::describe(users)),
                              {}});
    }
    const qint64 before = QFileInfo(path).size();
    if (const Status done = (*database)->vacuum(); !done) {
        return databaseError(done.error());
    }
    const qint64 after = QFileInfo(path).size();
    if (line.json()) {
        printJson(QJsonObject{{QStringLiteral("bytes_before"), before}, {QStringLiteral("bytes"), after}});
    } else {
        const QLocale locale;
        printText(Text::tr("The file now takes %1. It took %2.")
                      .arg(locale.formattedDataSize(after), locale.formattedDataSize(before)));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
