// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerlog.h"

#include <QDir>

#include <cstdio>

namespace lifeguard {

WorkerLog::WorkerLog(const WorkerOptions &options, const Clock &clock, Writer writer)
    : m_level(options.logLevel)
    , m_workspace(options.workspace)
    , m_clock(clock)
    , m_write(std::move(writer))
{
}

void WorkerLog::stopping(const QString &reason) const
{
    if (m_level <= LogLevel::Info)
        m_write(QStringLiteral("%1 stopping: %2").arg(m_clock.utcNow().toString(Qt::ISODate), reason));
}

void WorkerLog::jobEnded(qint64 jobId, const QString &input, const QString &output, const QString &outcome) const
{
    if (m_level <= LogLevel::Info)
        writeJob(jobId, input, output, outcome);
}

void WorkerLog::jobFailed(qint64 jobId, const QString &input, const QString &output, const QString &error) const
{
    if (m_level <= LogLevel::Error)
        writeJob(jobId, input, output, QStringLiteral("FAILED: ") + error);
}

void WorkerLog::jobOutcome(qint64 jobId, const QString &input, const JobOutcome &outcome, double duration,
                           const QString &error) const
{
    const QString &output = outcome.output.target;
    switch (outcome.kind) {
    case JobOutcome::Kind::Converted:
        jobEnded(jobId, input, output, QStringLiteral("%1 s").arg(duration, 0, 'f', 3));
        break;
    case JobOutcome::Kind::Unchanged:
        jobEnded(jobId, input, output, QStringLiteral("unchanged"));
        break;
    case JobOutcome::Kind::Failed:
        jobFailed(jobId, input, output, error);
        break;
    case JobOutcome::Kind::Blocked:
    case JobOutcome::Kind::Interrupted:
        if (m_level <= LogLevel::Error)
            writeJob(jobId, input, output, QStringLiteral("returned to the queue: ") + error);
        break;
    case JobOutcome::Kind::LeaseLost:
        jobEnded(jobId, input, output,
                 QStringLiteral("result dropped: the job was cancelled or belongs to another worker"));
        break;
    }
}

void WorkerLog::fatal(const QString &message) const
{
    m_write(QStringLiteral("lifeguard-worker: ") + message);
}

void WorkerLog::writeToStandardError(const QString &line)
{
    std::fprintf(stderr, "%s\n", qUtf8Printable(line));
}

void WorkerLog::writeJob(qint64 jobId, const QString &input, const QString &output, const QString &outcome) const
{
    const QDir workspace(m_workspace);
    QString files;
    if (!output.isEmpty())
        files = QStringLiteral(" %1 -> %2").arg(workspace.relativeFilePath(input), workspace.relativeFilePath(output));
    const QString time = m_clock.utcNow().toString(Qt::ISODateWithMs);
    m_write(QStringLiteral("%1 job %2%3: %4").arg(time, QString::number(jobId), files, outcome));
}

} // namespace lifeguard
