// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/displaytext.h"

#include "app/ctl/text.h"
#include "core/store/joberror.h"

#include <QFileInfo>

namespace lifeguard::ctl {

QString missingValue()
{
    return QStringLiteral("–");
}

QString textOrDash(const QString &text)
{
    return text.isEmpty() ? missingValue() : text;
}

QString localTime(const QDateTime &time)
{
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : missingValue();
}

QString workerState(const WorkerRow &worker)
{
    const bool isUnregistered = worker.status == WorkerStatus::None || worker.status == WorkerStatus::Created;
    if (worker.status == WorkerStatus::Dead || (isUnregistered && worker.endedAt.isValid())) {
        return worker.wanted ? QStringLiteral("stopped") : QStringLiteral("dead");
    }
    return isUnregistered ? QStringLiteral("starting") : toString(worker.status);
}

QString workerName(const WorkerRow &worker)
{
    return worker.pool.isEmpty() ? worker.executorId
                                 : QString(worker.pool + QLatin1Char('-') + QString::number(worker.index));
}

QString jobName(const Job &job)
{
    return job.inputFile.isEmpty() ? Text::tr("job %1").arg(job.id) : QFileInfo(job.inputFile).fileName();
}

QString errorSummary(const QString &error)
{
    const JobError parsed = parseJobError(error);
    QString line = parsed.message.trimmed().section(QLatin1Char('\n'), 0, 0);
    if (!parsed.category.isEmpty()) {
        line += QStringLiteral(" [%1]").arg(parsed.category);
    }
    if (!parsed.guidance.isEmpty()) {
        line += QLatin1Char(' ') + parsed.guidance.simplified();
    }
    return line;
}

} // namespace lifeguard::ctl
