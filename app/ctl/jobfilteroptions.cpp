// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/jobfilteroptions.h"

#include "app/ctl/text.h"

namespace lifeguard::ctl {

void addJobFilterOptions(CommandLine &line)
{
    line.addOption(QStringLiteral("type"), Text::tr("Only jobs of this type."), QStringLiteral("TYPE"));
    line.addOption(QStringLiteral("status"),
                   Text::tr("Only jobs with this status: pending, processing, completed, failed or cancelled."),
                   QStringLiteral("STATUS"));
    line.addOption(QStringLiteral("text"),
                   Text::tr("Only jobs whose input path, output path or error contains this text."),
                   QStringLiteral("TEXT"));
    line.addOption(QStringLiteral("submission"),
                   Text::tr("Only the jobs of this submission, as listed by 'lifeguardctl submissions'."),
                   QStringLiteral("ID"));
}

bool hasJobFilter(const CommandLine &line)
{
    return line.isSet(QStringLiteral("type")) || line.isSet(QStringLiteral("status"))
        || line.isSet(QStringLiteral("text")) || line.isSet(QStringLiteral("submission"));
}

Result<JobFilter> jobFilterOf(const CommandLine &line)
{
    JobFilter filter;
    for (const char *name : {"type", "status", "text"}) {
        if (line.isSet(QLatin1String(name)) && line.value(QLatin1String(name)).isEmpty()) {
            return failure(ErrorCode::InvalidArgument,
                           Text::tr("The option --%1 needs a value.").arg(QLatin1String(name)));
        }
    }
    filter.type = line.value(QStringLiteral("type"));
    filter.text = line.value(QStringLiteral("text"));
    if (line.isSet(QStringLiteral("status"))) {
        const QString status = line.value(QStringLiteral("status"));
        filter.status = jobStatusFromString(status);
        if (!filter.status) {
            return failure(ErrorCode::InvalidArgument,
                           Text::tr("There is no status '%1'. Use pending, processing, completed, failed or cancelled.")
                               .arg(status));
        }
    }
    const auto submission = line.number(QStringLiteral("submission"), 0, 1);
    if (!submission) {
        return failure(submission.error());
    }
    filter.submission = *submission;
    return filter;
}

Result<QList<qint64>> jobIdsOf(const CommandLine &line)
{
    QList<qint64> ids;
    for (const QString &text : line.positionals()) {
        bool isNumber = false;
        const qint64 id = text.toLongLong(&isNumber);
        if (!isNumber || id <= 0) {
            return failure(ErrorCode::InvalidArgument, Text::tr("'%1' is not the number of a job.").arg(text));
        }
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    return ids;
}

} // namespace lifeguard::ctl
