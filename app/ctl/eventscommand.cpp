// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/eventscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/eventlog.h"

namespace lifeguard::ctl {

EventsCommand::EventsCommand()
    : Command({QStringLiteral("events"), Text::tr("list what happened to pools, workers and jobs"),
               Text::tr("Lists what happened to pools, workers and jobs, and why. Newest first."),
               CommandLine::Access::Reads})
{
}

void EventsCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("limit"), Text::tr("List at most N events. Default: 100."), QStringLiteral("N"));
}

CommandResult EventsCommand::execute(const CommandLine &line)
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
    const auto events = EventLog(**database, clock).list(*limit);
    if (!events) {
        return databaseError(events.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const Event &event : *events) {
            rows.append(toJson(event));
        }
        printJson(rows);
        return ExitCode::Success;
    }
    QList<QStringList> rows;
    for (const Event &event : *events) {
        rows.append({localTime(event.at), event.kindName(), event.executorId.isEmpty() ? event.pool : event.executorId,
                     event.message.translatedText()});
    }
    printText(rows.isEmpty() ? Text::tr("No events.")
                             : formatTable({Text::tr("TIME"), Text::tr("EVENT"),
                                            //: header of a column: the worker or pool that an event is about
                                            Text::tr("CONCERNS"), Text::tr("WHAT HAPPENED")},
                                           rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
