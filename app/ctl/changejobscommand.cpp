// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/changejobscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/jobreader.h"

#include <QHash>

namespace lifeguard::ctl {

ChangeJobsCommand::ChangeJobsCommand(Description description, JobStatus newStatus)
    : Command(std::move(description))
    , m_newStatus(newStatus)
{
}

void ChangeJobsCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("id"), Text::tr("The numbers of the jobs, as listed by 'lifeguardctl jobs'."), QStringLiteral("ID…"));
}

CommandResult ChangeJobsCommand::execute(const CommandLine &line)
{
    if (line.positionals().isEmpty()) {
        return usageError(Text::tr("Name at least one job by its number."));
    }
    QList<qint64> ids;
    for (const QString &text : line.positionals()) {
        bool isNumber = false;
        const qint64 id = text.toLongLong(&isNumber);
        if (!isNumber || id <= 0) {
            return usageError(Text::tr("'%1' is not the number of a job.").arg(text));
        }
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    JobQueue queue(**database, clock);
    QList<qint64> known;
    QHash<qint64, JobStatus> oldStatus;
    bool allKnown = true;
    for (const qint64 id : ids) {
        const auto job = JobReader(**database).job(id);
        if (job) {
            known << id;
            oldStatus.insert(id, job->status);
        } else if (job.error().code == ErrorCode::NotFound) {
            printError(Text::tr("There is no job %1.").arg(id));
            allKnown = false;
        } else {
            return databaseError(job.error());
        }
    }
    const auto changed = known.isEmpty() ? Result<int>(0) : change(queue, known);
    if (!changed) {
        return databaseError(changed.error());
    }
    QJsonArray rows;
    for (const qint64 id : known) {
        const auto job = JobReader(**database).job(id);
        if (!job) {
            return databaseError(job.error());
        }
        rows.append(toJson(*job));
        if (line.json()) {
            continue;
        }
        const JobStatus old = oldStatus.value(id);
        printText(job->status == m_newStatus && old != m_newStatus
                      ? Text::tr("Job %1 is now %2. It was %3.").arg(QString::number(id), toString(job->status), toString(old))
                      : Text::tr("Job %1 was not changed. It is %2.").arg(QString::number(id), toString(job->status)));
    }
    if (line.json()) {
        printJson(rows);
    }
    return allKnown ? ExitCode::Success : ExitCode::Usage;
}

} // namespace lifeguard::ctl
