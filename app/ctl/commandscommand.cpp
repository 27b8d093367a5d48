// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/controltargets.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/commandqueue.h"

namespace lifeguard::ctl {

namespace {

QString outcomeText(const CommandRecord &record)
{
    if (record.isFinished()) {
        return toString(record.answer.outcome);
    }
    if (!record.hasManager) {
        return record.takenAt.isValid() ? QStringLiteral("unknown") : QStringLiteral("expired");
    }
    return record.takenAt.isValid() ? QStringLiteral("taken") : QStringLiteral("waiting");
}

QString answerText(const CommandRecord &record)
{
    if (record.isFinished() || record.hasManager) {
        return record.answer.message.translatedText();
    }
    return record.takenAt.isValid() ? Text::tr("The manager ended before it answered.")
                                    : Text::tr("The manager ended before it took the command.");
}

QString commandText(const CommandRecord &record)
{
    ManagerCommand command;
    command.pool = record.pool;
    command.executorId = record.executorId;
    command.number = record.number;
    const std::optional<CommandVerb> verb = commandVerbFromString(record.verb);
    if (!verb) {
        return record.verb;
    }
    command.verb = *verb;
    return command.toString();
}

} // namespace

CommandsCommand::CommandsCommand()
    : Command({QStringLiteral("commands"), Text::tr("list the commands that were sent to managers"),
               Text::tr("Lists the commands that programs sent to the managers of this database: who sent them, when, "
                        "and what became of them. Newest first."),
               CommandLine::Access::Reads})
{
}

void CommandsCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("limit"), Text::tr("List at most N commands. Default: 100."), QStringLiteral("N"));
}

CommandResult CommandsCommand::execute(const CommandLine &line)
{
    const auto limit = line.number(QStringLiteral("limit"), 100, 0);
    if (!limit) {
        return usageError(limit.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const auto records = CommandQueue(**database, clock).list(*limit);
    if (!records) {
        return databaseError(records.error());
    }
    const Result<ControlTargets> targets = ControlTargets::read(**database);
    if (!targets) {
        return databaseError(targets.error());
    }
    QJsonArray json;
    QList<QStringList> rows;
    for (const CommandRecord &record : *records) {
        QJsonObject object = toJson(record);
        object.insert(QStringLiteral("outcome"), outcomeText(record));
        json.append(object);
        rows.append({localTime(record.issuedAt), textOrDash(record.issuer), commandText(record),
                     targets->managerName(record.managerId), outcomeText(record), answerText(record)});
    }
    if (line.json()) {
        printJson(json);
        return ExitCode::Success;
    }
    printText(rows.isEmpty() ? Text::tr("No commands.")
                             : formatTable({Text::tr("TIME"), Text::tr("USER"), Text::tr("COMMAND"),
                                            Text::tr("MANAGER"), Text::tr("OUTCOME"), Text::tr("ANSWER")},
                                           rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
