// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/waitcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/databasefollower.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/store/jobreader.h"

#include <algorithm>

namespace lifeguard::ctl {

namespace {

bool hasEnded(const Job &job)
{
    return job.status != JobStatus::Pending && job.status != JobStatus::Processing;
}

/// Reads the jobs until all have ended, and prints each one that has.
class JobsToWaitFor
{
public:
    JobsToWaitFor(Database &database, QList<qint64> ids, bool json)
        : m_reader(database)
        , m_left(std::move(ids))
        , m_json(json)
    {
    }

    /// Returns the result of the command when all jobs have ended.
    std::optional<CommandResult> read()
    {
        QList<qint64> left;
        for (const qint64 id : std::as_const(m_left)) {
            const Result<Job> job = m_reader.job(id);
            if (!job && job.error().code == ErrorCode::NotFound) {
                return inputError(job.error());
            }
            if (!job && job.error().code != ErrorCode::Busy) {
                return databaseError(job.error());
            }
            if (!job || !hasEnded(*job)) {
                left << id;
                continue;
            }
            m_hasFailed = m_hasFailed || job->status != JobStatus::Completed;
            print(*job);
        }
        m_left = left;
        if (!m_left.isEmpty()) {
            return {};
        }
        return CommandResult(m_hasFailed ? ExitCode::JobFailed : ExitCode::Success);
    }

private:
    void print(const Job &job) const
    {
        if (m_json) {
            printJsonLine(toJson(job));
            return;
        }
        QString text = Text::tr("job %1  %2  %3").arg(QString::number(job.id), toString(job.status), jobName(job));
        if (job.status == JobStatus::Failed) {
            text += QStringLiteral("  ") + errorSummary(job.error);
        }
        for (const QString &note : job.notes) {
            text += QStringLiteral("\n    ") + note;
        }
        printText(text);
    }

    JobReader m_reader;
    QList<qint64> m_left;
    const bool m_json;
    bool m_hasFailed = false;
};

} // namespace

WaitCommand::WaitCommand()
    : Command({QStringLiteral("wait"), Text::tr("wait until jobs have ended"),
               Text::tr("Waits until all these jobs have ended, and prints each one when it has. The exit code is 0 if "
                        "all were completed, 1 if a job failed or was cancelled, 4 after the timeout, and 130 after "
                        "Ctrl+C. JSON is printed as one object per line."),
               CommandLine::Access::Reads})
{
}

void WaitCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("jobs"), Text::tr("The numbers of the jobs, as printed by 'submit' and 'jobs'."),
                       QStringLiteral("JOB…"));
    line.addOption(QStringLiteral("timeout"), Text::tr("Give up after S seconds, with exit code 4."),
                   QStringLiteral("S"));
}

CommandResult WaitCommand::execute(const CommandLine &line)
{
    QList<qint64> ids;
    for (const QString &argument : line.positionals()) {
        bool isNumber = false;
        const qint64 id = argument.toLongLong(&isNumber);
        if (!isNumber || id <= 0) {
            return usageError(Text::tr("'%1' is not the number of a job.").arg(argument));
        }
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    if (ids.isEmpty()) {
        return usageError(Text::tr("Name the jobs to wait for by their numbers."));
    }
    const auto timeout = line.number(QStringLiteral("timeout"), 0, 0);
    if (!timeout) {
        return usageError(timeout.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    JobsToWaitFor jobs(**database, ids, line.json());
    const std::optional<seconds> limit = line.isSet(QStringLiteral("timeout")) ? std::optional(seconds(*timeout))
                                                                               : std::nullopt;
    return DatabaseFollower(**database).run([&jobs] { return jobs.read(); }, ExitCode::Interrupted, limit);
}

} // namespace lifeguard::ctl
