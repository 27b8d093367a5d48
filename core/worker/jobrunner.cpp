// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobrunner.h"

#include "core/base/orphanreaper.h"
#include "core/config/jobtypes.h"
#include "core/worker/toolprocess.h"

#include <QFileInfo>
#include <QJsonDocument>

namespace lifeguard {
namespace {

/// Returns whether the text is a JSON value that QJsonDocument cannot represent, such as null.
bool isJsonScalar(const QByteArray &text)
{
    return QJsonDocument::fromJson('[' + text + ']').array().size() == 1;
}

} // namespace

JobRunner::JobRunner(const WorkerOptions &options, const HostPaths &paths, ResultsCache &cache, Converter &converter,
                     QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_paths(paths)
    , m_cache(cache)
    , m_converter(converter)
{
    m_timeLimit.setSingleShot(true);
    connect(&m_timeLimit, &QTimer::timeout, this, &JobRunner::stopAtTimeLimit);
    connect(&m_converter, &Converter::finished, this, &JobRunner::onConverted);
}

void JobRunner::start(const Job &job)
{
    Q_ASSERT(!m_isConverting);
    m_job = job;
    m_localJob = job;
    m_localJob.inputFile = m_paths.toLocal(job.inputFile);
    m_localJob.outputFile = m_paths.toLocal(job.outputFile);
    m_output = {};
    m_stopReason = StopReason::None;
    m_progress.clear();

    const Result<OutputPath> output = resolveOutputPath(m_localJob, m_options.workspace);
    if (!output) {
        finish(JobOutcome::Kind::Failed, output.error());
        return;
    }
    m_output = *output;
    if (isUnchanged()) {
        finish(JobOutcome::Kind::Unchanged);
        return;
    }
    const Result<ConversionContext> context = prepare();
    if (!context) {
        finish(JobOutcome::Kind::Failed, context.error());
        return;
    }
    m_isConverting = true;
    m_timeLimit.start(m_options.maxJobTime);
    m_converter.convert(m_localJob, *context);
}

bool JobRunner::isUnchanged() const
{
    const Result<std::optional<QJsonObject>> cached = m_cache.find(m_job.outputFile, m_job.contentHash);
    return cached && *cached && !m_output.target.isEmpty() && matchesMetadata(m_output.target, **cached);
}

Result<ConversionContext> JobRunner::prepare() const
{
    ConversionContext context;
    QJsonParseError parsed;
    context.payload = QJsonDocument::fromJson(m_job.payload, &parsed).object();
    if (!m_job.payload.trimmed().isEmpty() && parsed.error != QJsonParseError::NoError
        && !isJsonScalar(m_job.payload)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("The payload of the job is not valid JSON: %1.").arg(parsed.errorString()));
    }
    if (const std::optional<JobType> type = jobType(m_job.type); type && !type->inputSuffixes.isEmpty()) {
        Result<QByteArray> data = readInput(m_localJob, context.payload);
        if (!data)
            return failure(data.error());
        context.data = std::move(*data);
    }
    if (const Status prepared = prepareOutput(m_localJob, m_output, m_options.workspace); !prepared)
        return failure(prepared.error());
    context.workspace = m_options.workspace;
    context.format = m_output.format;
    context.outputFile = m_output.temporary;
    return context;
}

void JobRunner::abandon()
{
    if (!m_isConverting || m_stopReason != StopReason::None)
        return;
    m_stopReason = StopReason::LeaseLost;
    m_converter.cancel();
}

void JobRunner::stopAtTimeLimit()
{
    if (m_stopReason != StopReason::None)
        return;
    m_stopReason = StopReason::TimeLimit;
    m_progress = m_converter.progress();
    m_converter.cancel();
}

void JobRunner::onConverted(const Result<Conversion> &result)
{
    if (!m_isConverting)
        return;
    m_isConverting = false;
    m_timeLimit.stop();
    reapOrphans(ToolProcess::livePids());
    if (m_stopReason == StopReason::LeaseLost)
        finish(JobOutcome::Kind::LeaseLost);
    else if (m_stopReason == StopReason::TimeLimit)
        finish(JobOutcome::Kind::Failed, timeLimitError(result ? QString() : result.error().detail));
    else if (!result)
        finish(JobOutcome::Kind::Failed, result.error());
    else if (result->wroteOutput && QFileInfo(m_output.temporary).size() == 0)
        finish(JobOutcome::Kind::Failed, {ErrorCode::ToolFailed, tr("The output is empty."), {}});
    else
        finish(JobOutcome::Kind::Converted);
}

Error JobRunner::timeLimitError(const QString &detail) const
{
    const QString limit = QString::number(m_options.maxJobTime.count());
    //: %1 is a number of seconds; max_job_time is the name of an option.
    QString message = tr("The job took longer than max_job_time (%1 s), and its tool was stopped.").arg(limit);
    if (!m_progress.isEmpty()) {
        //: %1 is a number of seconds, %2 the last step, such as "cell 4: `x = f()`".
        message = tr("The job took longer than max_job_time (%1 s), and its tool was stopped. Last step: %2")
                      .arg(limit, m_progress);
    }
    return {ErrorCode::TimedOut, message, detail};
}

void JobRunner::finish(JobOutcome::Kind kind, const Error &error)
{
    Q_ASSERT(!m_isConverting);
    Q_EMIT finished({kind, error, m_output});
}

} // namespace lifeguard
