// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/prunecommand.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/config/configuration.h"
#include "core/config/durationvalue.h"
#include "core/pool/historyplan.h"
#include "core/store/retentionstate.h"

#include <array>
#include <limits>
#include <thread>

namespace lifeguard::ctl {
namespace {

constexpr int pagesAtOnce = 64;

/// What the output combines into one line.
struct Group
{
    const char *key; ///< in JSON
    QList<HistoryKind> kinds;
};

const QList<Group> &groups()
{
    static const QList<Group> all{{"completed_jobs", {HistoryKind::CompletedJobs}},
                                  {"failed_and_cancelled_jobs",
                                   {HistoryKind::FailedJobs, HistoryKind::UndatedFailedJobs,
                                    HistoryKind::CancelledJobs}},
                                  {"submissions", {HistoryKind::Submissions}},
                                  {"events", {HistoryKind::Events}},
                                  {"commands", {HistoryKind::Commands}},
                                  {"workers", {HistoryKind::Workers}},
                                  {"results", {HistoryKind::Results}}};
    return all;
}

QString lineOf(const QString &key, int count)
{
    if (key == QLatin1String("completed_jobs"))
        return Text::tr("%n completed job(s)", nullptr, count);
    if (key == QLatin1String("failed_and_cancelled_jobs"))
        return Text::tr("%n failed or cancelled job(s)", nullptr, count);
    if (key == QLatin1String("submissions"))
        return Text::tr("%n submission(s)", nullptr, count);
    if (key == QLatin1String("events"))
        return Text::tr("%n event(s)", nullptr, count);
    if (key == QLatin1String("commands"))
        return Text::tr("%n command(s)", nullptr, count);
    if (key == QLatin1String("workers"))
        return Text::tr("%n ended worker(s)", nullptr, count);
    return Text::tr("%n cached result(s)", nullptr, count);
}

/// Returns the retention times of the configuration file, or those that the last manager with such a file has stored.
Result<RetentionConfig> retentionOf(const CommandLine &line, RetentionState state)
{
    RetentionConfig own;
    if (const std::optional<ConfigSelection> &config = line.config(); config && config->isUsable()) {
        own = config->result->configuration.retention;
    }
    return own.isConfigured ? Result<RetentionConfig>(own) : state.agreed(own);
}

} // namespace

PruneCommand::PruneCommand()
    : Command({QStringLiteral("prune"), Text::tr("delete old history"),
               Text::tr("Deletes finished jobs, events, rows of ended workers and cached results that are older than "
                        "their retention times, and prints what was deleted. Outputs are never deleted. Only jobs that "
                        "were added by Lifeguard are deleted, unless --foreign-jobs is used. Managers and workers may "
                        "run."),
               CommandLine::Access::Writes})
{
}

void PruneCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("older-than"),
                   Text::tr("Delete what is older than this, such as 36h or 7d, instead of using the retention times."),
                   QStringLiteral("TIME"));
    line.addOption(QStringLiteral("foreign-jobs"), Text::tr("Delete jobs and results of other programs, too."));
    line.addOption(QStringLiteral("dry-run"), Text::tr("Delete nothing; print what would be deleted."));
    line.addOption(QStringLiteral("consent"),
                   Text::tr("Only permit managers to delete history from now on, if they have announced it."));
}

CommandResult PruneCommand::execute(const CommandLine &line)
{
    if (!line.positionals().isEmpty()) {
        return usageError(Text::tr("The command prune has no arguments, only options."));
    }
    std::optional<seconds> age;
    if (line.isSet(QStringLiteral("older-than"))) {
        const Result<seconds> parsed = parseDuration(line.value(QStringLiteral("older-than")));
        if (!parsed) {
            return usageError(parsed.error().message);
        }
        age = *parsed;
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return databaseError(database.error());
    }
    const SystemClock clock;
    if (line.isSet(QStringLiteral("consent"))) {
        if (const Status given = RetentionState(**database, clock).consent(); !given) {
            return databaseError(given.error());
        }
        printText(Text::tr("Managers may delete old history from now on."));
        return ExitCode::Success;
    }
    Result<RetentionConfig> retention = retentionOf(line, RetentionState(**database, clock));
    if (!retention) {
        return databaseError(retention.error());
    }
    retention->foreignJobs = retention->foreignJobs || line.isSet(QStringLiteral("foreign-jobs"));
    if (age) {
        retention->completed = retention->failed = retention->events = retention->workers = retention->results = age;
    }
    const bool isDryRun = line.isSet(QStringLiteral("dry-run"));
    const QList<HistorySelection> expired = expiredHistory(*retention, clock.utcNow());
    QJsonObject json;
    QStringList lines;
    for (const Group &group : groups()) {
        qint64 sum = 0;
        for (const HistorySelection &selection : expired) {
            if (!group.kinds.contains(selection.kind)) {
                continue;
            }
            const Result<qint64> count = isDryRun
                                           ? Retention(**database).count(selection, std::numeric_limits<int>::max())
                                           : prune(**database, selection);
            if (!count) {
                return databaseError(count.error());
            }
            sum += *count;
        }
        json.insert(QLatin1String(group.key), sum);
        if (sum > 0) {
            lines.append(QStringLiteral("  ") + lineOf(QLatin1String(group.key), int(sum)));
        }
    }
    if (!isDryRun) {
        if (const Status shrunk = shrink(**database); !shrunk) {
            return databaseError(shrunk.error());
        }
    }
    if (line.json()) {
        printJson(json);
    } else if (lines.isEmpty()) {
        printText(Text::tr("There is nothing to delete."));
    } else {
        printText((isDryRun ? Text::tr("Would delete:") : Text::tr("Deleted:")) + QLatin1Char('\n')
                  + lines.join(QLatin1Char('\n')));
    }
    return ExitCode::Success;
}

Result<qint64> PruneCommand::prune(Database &database, const HistorySelection &selection)
{
    qint64 deleted = 0;
    HistoryPosition position;
    DeletionBudget budget;
    for (;;) {
        const Result<HistoryBatch> batch = Retention(database).deleteBatch(selection, position, budget);
        if (!batch) {
            return failure(batch.error());
        }
        deleted += batch->deleted;
        if (!batch->more) {
            return deleted;
        }
        position = batch->position;
        std::this_thread::sleep_for(batch->held); // a user waits: workers get the lock half of the time
    }
}

Status PruneCommand::shrink(Database &database)
{
    for (;;) {
        const Result<qint64> left = database.shrink(pagesAtOnce);
        if (!left) {
            return failure(left.error());
        }
        if (*left == 0) {
            return {};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

} // namespace lifeguard::ctl
