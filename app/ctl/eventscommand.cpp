// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/eventscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/databasefollower.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/eventlog.h"

#include <algorithm>

namespace lifeguard::ctl {

namespace {

constexpr int eventsAtOnce = 1000; ///< that are read in one statement while following

void printFollowed(const Event &event, bool json)
{
    if (json) {
        printJsonLine(toJson(event));
        return;
    }
    const QString concerns = event.executorId.isEmpty() ? event.pool : event.executorId;
    printText(QStringList{localTime(event.at), event.kindName(), concerns, event.message.translatedText()}.join(
        QStringLiteral("  ")));
}

/// Prints the newest events, oldest first, and then each new one until Ctrl+C.
CommandResult follow(Database &database, int limit, bool json)
{
    SystemClock clock;
    EventLog log(database, clock);
    const auto newest = log.list(std::max(limit, 1));
    if (!newest) {
        return databaseError(newest.error());
    }
    qint64 last = newest->isEmpty() ? 0 : newest->constFirst().id;
    for (auto event = newest->crbegin(); limit > 0 && event != newest->crend(); ++event) {
        printFollowed(*event, json);
    }
    return DatabaseFollower(database).run(
        [&]() -> std::optional<CommandResult> {
            for (;;) {
                const auto events = log.after(last, eventsAtOnce);
                if (!events && events.error().code != ErrorCode::Busy) {
                    return databaseError(events.error());
                }
                if (!events || events->isEmpty()) {
                    return {};
                }
                for (const Event &event : *events) {
                    printFollowed(event, json);
                }
                last = events->constLast().id;
            }
        },
        ExitCode::Success);
}

} // namespace

EventsCommand::EventsCommand()
    : Command({QStringLiteral("events"), Text::tr("list what happened to pools, workers and jobs"),
               Text::tr("Lists what happened to pools, workers and jobs, and why. Newest first."),
               CommandLine::Access::Reads})
{
}

void EventsCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("limit"), Text::tr("List at most N events. Default: 100; with --follow, 10."),
                   QStringLiteral("N"));
    line.addOption(QStringLiteral("follow"),
                   Text::tr("Also print each new event until Ctrl+C. The newest event comes last, and JSON is printed "
                            "as one object per line."));
}

CommandResult EventsCommand::execute(const CommandLine &line)
{
    const bool follows = line.isSet(QStringLiteral("follow"));
    const auto limit = line.number(QStringLiteral("limit"), follows ? 10 : 100, 0);
    if (!limit) {
        return usageError(limit.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    if (follows) {
        return follow(**database, *limit, line.json());
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
