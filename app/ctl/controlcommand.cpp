// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/controlcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/base/procfile.h"
#include "core/base/systemclock.h"
#include "core/config/durationvalue.h"
#include "core/store/commandqueue.h"

#include <QThread>

#include <algorithm>

namespace lifeguard::ctl {

namespace {

using namespace std::chrono_literals;

constexpr auto pollInterval = 5ms;

QString summaryOf(CommandVerb verb)
{
    switch (verb) {
    case CommandVerb::Start:
        return Text::tr("start stopped pools again");
    case CommandVerb::Stop:
        return Text::tr("stop pools or workers");
    case CommandVerb::Kill:
        return Text::tr("kill workers, which are replaced");
    case CommandVerb::Restart:
        return Text::tr("stop workers and start new ones");
    case CommandVerb::Drain:
        return Text::tr("end pools or workers after their jobs");
    case CommandVerb::Pause:
        return Text::tr("pause pools");
    case CommandVerb::Resume:
        return Text::tr("resume paused pools");
    case CommandVerb::Scale:
        return Text::tr("set the number of workers");
    case CommandVerb::Recycle:
        return Text::tr("replace workers one after another");
    case CommandVerb::Remove:
        return Text::tr("stop and remove pools");
    }
    return {};
}

QString helpOf(CommandVerb verb)
{
    switch (verb) {
    case CommandVerb::Start:
        return Text::tr("Starts pools that are stopped, paused or crash-looping, with their number of workers.");
    case CommandVerb::Stop:
        return Text::tr("Stops pools or workers. Workers that have not finished their job after the grace period of "
                        "their pool are killed, and their jobs are returned. A pool stays in the list. Stopping a "
                        "worker lowers the number of workers of its pool by one.");
    case CommandVerb::Kill:
        return Text::tr("Kills workers, or all workers of pools. Their pools replace them, and their jobs run again.");
    case CommandVerb::Restart:
        return Text::tr("Stops workers, or all workers of pools, and starts new ones at once. Starts pools that are "
                        "not running.");
    case CommandVerb::Drain:
        return Text::tr("Ends workers after their jobs, without a time limit, and lowers the number of workers. A "
                        "pool stops when its last worker has ended.");
    case CommandVerb::Pause:
        return Text::tr("Pauses pools: their workers claim no more jobs, and busy workers finish their job.");
    case CommandVerb::Resume:
        return Text::tr("Resumes paused pools. Starts pools that are stopped or crash-looping.");
    case CommandVerb::Scale:
        return Text::tr("Sets the number of workers of pools. Idle workers end first.");
    case CommandVerb::Recycle:
        return Text::tr("Replaces the workers of pools, one after another: each ends after its job, and a new one "
                        "is started.");
    case CommandVerb::Remove:
        return Text::tr("Stops pools and removes them from the list.");
    }
    return {};
}

/// Prints what would be sent.
void printPlan(const CommandLine &line, const QList<ManagerCommand> &commands, const ControlTargets &targets)
{
    QJsonArray rows;
    for (const ManagerCommand &command : commands) {
        rows.append(toJson(command));
        if (!line.json()) {
            printText(
                Text::tr("Would send '%1' to %2.").arg(command.toString(), targets.managerName(command.managerId)));
        }
    }
    if (line.json()) {
        printJson(rows);
    }
}

/// Returns whether a signal or a debugger has stopped the process.
bool isProcessStopped(qint64 pid)
{
    const QByteArray stat = readProcFile(QByteArray("/proc/" + QByteArray::number(pid) + "/stat").constData());
    const qsizetype end = stat.lastIndexOf(')');
    const char state = end >= 0 && end + 2 < stat.size() ? stat.at(end + 2) : '?';
    return state == 'T' || state == 't';
}

} // namespace

ControlCommand::ControlCommand(CommandVerb verb)
    : Command({toString(verb), summaryOf(verb),
               helpOf(verb) + QLatin1Char('\n')
                   + Text::tr("The command is sent through the database to the program that runs the pool, "
                              "'lifeguardctl run' or the dashboard, and waits for its answer."),
               CommandLine::Access::Writes})
    , m_verb(verb)
{
}

void ControlCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("target"),
                       Text::tr("A pool: NAME, or NAME@MANAGER if several managers have a pool of this name. @MANAGER: "
                                "all pools of a manager. Or a worker, as listed by 'lifeguardctl workers': its name, "
                                "or the beginning of its id."),
                       QStringLiteral("TARGET…"));
    if (m_verb == CommandVerb::Scale) {
        line.addPositional(QStringLiteral("count"), Text::tr("The number of workers."), QStringLiteral("N"));
    } else {
        line.addOption(QStringLiteral("all"), Text::tr("All pools of all managers."));
    }
    if (m_verb == CommandVerb::Pause) {
        line.addOption(QStringLiteral("for"), Text::tr("End the pause after this time, such as 90s, 10m or 2h."),
                       QStringLiteral("TIME"));
    }
    line.addOption(QStringLiteral("timeout"),
                   Text::tr("Withdraw the command if the manager does not take it within this time. Default: 30s."),
                   QStringLiteral("TIME"));
    line.addOption(QStringLiteral("dry-run"), Text::tr("Only print which commands would be sent to which manager."));
}

Result<std::optional<int>> ControlCommand::number(const CommandLine &line, QStringList &names) const
{
    if (m_verb == CommandVerb::Scale) {
        bool isNumber = false;
        const int count = names.isEmpty() ? 0 : names.takeLast().toInt(&isNumber);
        if (!isNumber) {
            return failure(ErrorCode::InvalidArgument,
                           Text::tr("The last argument must be the number of workers: scale TARGET… N."));
        }
        return std::optional(count);
    }
    if (m_verb == CommandVerb::Pause && line.isSet(QStringLiteral("for"))) {
        const Result<seconds> duration = parseDuration(line.value(QStringLiteral("for")));
        if (!duration) {
            return failure(ErrorCode::InvalidArgument, Text::tr("--for: %1").arg(duration.error().message));
        }
        return std::optional(int(std::min<qint64>(duration->count(), ManagerCommand::maxPause + 1)));
    }
    return std::optional<int>();
}

Result<QList<ManagerCommand>> ControlCommand::commandsFrom(const CommandLine &line, const ControlTargets &targets) const
{
    QStringList names = line.positionals();
    const auto value = number(line, names);
    if (!value) {
        return failure(value.error());
    }
    const bool isForAll = m_verb != CommandVerb::Scale && line.isSet(QStringLiteral("all"));
    QList<ManagerCommand> commands;
    if (isForAll) {
        commands = targets.all();
        if (commands.isEmpty()) {
            return failure(ErrorCode::NotFound, Text::tr("The managers of this database have no pools."));
        }
    }
    for (const QString &name : std::as_const(names)) {
        const Result<ManagerCommand> found = targets.find(name);
        if (!found) {
            return failure(found.error());
        }
        if (!commands.contains(*found)) {
            commands << *found;
        }
    }
    for (ManagerCommand &command : commands) {
        command.verb = m_verb;
        command.number = *value;
        if (const Status checked = command.check(); !checked) {
            return failure(checked.error());
        }
    }
    return commands;
}

CommandResult ControlCommand::execute(const CommandLine &line)
{
    const bool isForAll = m_verb != CommandVerb::Scale && line.isSet(QStringLiteral("all"));
    if (line.positionals().isEmpty() == !isForAll) {
        return usageError(isForAll ? Text::tr("Name targets, or use --all, but not both.")
                                   : Text::tr("Name a pool or a worker. 'lifeguardctl pools' lists the pools."));
    }
    const Result<seconds> timeout = line.isSet(QStringLiteral("timeout"))
                                      ? parseDuration(line.value(QStringLiteral("timeout")))
                                      : Result<seconds>(CommandQueue::defaultLifetime);
    if (!timeout || *timeout < 1s || *timeout > CommandQueue::maxLifetime) {
        return usageError(Text::tr("The option --timeout needs a time between 1s and 1h, not '%1'.")
                              .arg(line.value(QStringLiteral("timeout"))));
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return databaseError(database.error());
    }
    const Result<ControlTargets> targets = ControlTargets::read(**database);
    if (!targets) {
        return databaseError(targets.error());
    }
    if (targets->managers().isEmpty()) {
        return inputError({ErrorCode::NotFound,
                           Text::tr("No program runs pools on this database (%1). Start 'lifeguardctl run' or the "
                                    "dashboard.")
                               .arg(line.databasePath()),
                           {}});
    }
    const Result<QList<ManagerCommand>> commands = commandsFrom(line, *targets);
    if (!commands) {
        return inputError(commands.error());
    }
    if (line.isSet(QStringLiteral("dry-run"))) {
        printPlan(line, *commands, *targets);
        return ExitCode::Success;
    }
    SystemClock clock;
    QList<Sent> all;
    for (const ManagerCommand &command : *commands) {
        const Result<qint64> id = CommandQueue(**database, clock).issue(command, *timeout);
        if (!id) {
            return databaseError(id.error());
        }
        Sent sent;
        sent.command = command;
        sent.id = *id;
        all << sent;
    }
    if (const Status waited = wait(**database, *targets, all, *timeout); !waited) {
        return databaseError(waited.error());
    }
    QJsonArray rows;
    ExitCode exitCode = ExitCode::Success;
    for (const Sent &sent : std::as_const(all)) {
        rows.append(toJson(sent.record));
        if (!line.json() || !sent.problem.isEmpty()) {
            print(sent);
        }
        if (sent.isTimeout) {
            exitCode = ExitCode::Timeout;
        } else if (exitCode == ExitCode::Success && (!sent.problem.isEmpty() || !sent.record.answer.isDone())) {
            exitCode = ExitCode::JobFailed;
        }
    }
    if (line.json()) {
        printJson(rows);
    }
    return exitCode;
}

/// Waits until each command has an answer, or cannot get one any more.
Status ControlCommand::wait(Database &database, const ControlTargets &targets, QList<Sent> &all, seconds timeout)
{
    SystemClock clock;
    CommandQueue queue(database, clock);
    const milliseconds deadline = clock.bootNow() + timeout;
    const milliseconds lastDeadline = deadline + 5s; // a command that was taken is answered soon
    QList<Sent *> open;
    for (Sent &sent : all) {
        open << &sent;
    }
    while (true) {
        const milliseconds now = clock.bootNow();
        for (Sent *sent : std::as_const(open)) {
            const ManagerRow *manager = targets.manager(sent->command.managerId);
            const bool isGone = manager && presenceOf(manager->process) == ProcessPresence::Gone;
            const Result<CommandRecord> record = queue.get(sent->id); // after the check: its last answer counts
            if (!record) {
                return failure(record.error());
            }
            sent->record = *record;
            const bool isLate = now >= (record->takenAt.isValid() ? lastDeadline : deadline);
            if (!record->isFinished() && (isGone || isLate)) {
                if (const Status done = giveUp(database, targets, *sent); !done) {
                    return done;
                }
            }
        }
        open.removeIf([](const Sent *sent) { return sent->record.isFinished() || !sent->problem.isEmpty(); });
        if (open.isEmpty()) {
            return {};
        }
        QThread::msleep(pollInterval.count());
    }
}

/// Withdraws a command without an answer, and explains why there is none.
Status ControlCommand::giveUp(Database &database, const ControlTargets &targets, Sent &sent)
{
    SystemClock clock;
    CommandQueue queue(database, clock);
    const Result<bool> isWithdrawn = queue.withdraw(sent.id);
    if (!isWithdrawn) {
        return failure(isWithdrawn.error());
    }
    const Result<CommandRecord> record = queue.get(sent.id);
    if (!record) {
        return failure(record.error());
    }
    sent.record = *record;
    if (!*isWithdrawn && record->isFinished()) {
        return {}; // the answer came at the last moment
    }
    const ManagerRow *manager = targets.manager(sent.command.managerId);
    const QString name = targets.managerName(sent.command.managerId);
    const QString command = sent.command.toString();
    const bool isGone = manager && presenceOf(manager->process) == ProcessPresence::Gone;
    sent.isTimeout = !isGone;
    if (isGone && *isWithdrawn) {
        sent.problem = Text::tr("The manager %1 ended before it took the command '%2'. Nothing was done.")
                           .arg(name, command);
    } else if (isGone) {
        sent.problem = Text::tr("The manager %1 ended before it answered. Whether the command '%2' was carried out is "
                                "unknown.")
                           .arg(name, command);
    } else if (!*isWithdrawn) {
        sent.problem = Text::tr("The manager %1 has taken the command '%2', but does not answer. See 'lifeguardctl "
                                "commands' later.")
                           .arg(name, command);
    } else if (manager && isProcessStopped(manager->process.pid)) {
        sent.problem = Text::tr("The manager %1 does not answer, because its process %2 is stopped (T). The command "
                                "'%3' was withdrawn. Continue the process with 'kill -CONT %2'.")
                           .arg(name, QString::number(manager->process.pid), command);
    } else {
        sent.problem = Text::tr("The manager %1 does not answer. The command '%2' was withdrawn.").arg(name, command);
    }
    return {};
}

void ControlCommand::print(const Sent &sent)
{
    if (!sent.problem.isEmpty()) {
        printError(sent.problem);
        return;
    }
    const CommandAnswer &answer = sent.record.answer;
    const QString text = answer.message.translatedText();
    switch (answer.outcome) {
    case CommandOutcome::Done:
        printText(Text::tr("Done: %1").arg(text));
        break;
    case CommandOutcome::Failed:
        printError(Text::tr("Failed: %1").arg(text));
        break;
    case CommandOutcome::Refused:
        printError(Text::tr("Refused: %1").arg(text));
        break;
    case CommandOutcome::Expired:
    case CommandOutcome::None:
        printError(Text::tr("Expired: %1").arg(text));
        break;
    }
}

} // namespace lifeguard::ctl
