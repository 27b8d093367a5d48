// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/planexecution.h"

#include "core/base/filecopy.h"
#include "core/base/textdecoding.h"
#include "core/formats/drawioembedding.h"
#include "core/formats/notebookinput.h"
#include "core/submit/contenthash.h"
#include "core/submit/inputclassifier.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlanExecution", text);
}

/// Adds the sentence "No job was added." to an error.
tl::unexpected<Error> planFailure(Error error)
{
    if (error.code != ErrorCode::Cancelled) {
        //: %1 is a sentence on what went wrong.
        error.message = tr("%1 No job was added.").arg(error.message);
    }
    return failure(std::move(error));
}

qint64 totalWork(const JobPlan &plan)
{
    qint64 total = plan.jobs.size();
    for (const PlannedJob &planned : plan.jobs)
        total += planned.copyBytes;
    for (const CopiedPath &copy : plan.companions)
        total += copy.bytes;
    return total;
}

Status copyFiles(const JobPlan &plan, Progress *progress)
{
    for (const CopiedPath &copy : plan.companions) {
        if (const Status copied = copyToNew(copy.source, copy.target, progress); !copied)
            return failure(copied.error());
    }
    return {};
}

/// Returns the text of an input, or the drawing that a picture contains.
Result<QString> readText(const QString &path, const QString &type)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, tr("The file %1 cannot be read: %2.").arg(path, file.errorString()));
    if (file.size() > maxInputBytes) {
        return failure(ErrorCode::Io, tr("The file %1 is larger than %2 MB, the limit for an input.")
                                          .arg(path, QString::number(maxInputBytes / 1'000'000)));
    }
    const QByteArray content = file.readAll();
    return type == QLatin1String("drawio") ? drawioPayloadText(content) : decodeText(content);
}

QJsonObject makePayload(const PlannedJob &planned, const QString &text, const QString &correlationId)
{
    const NewJob &job = planned.job;
    const QString outputFormat = planned.format.isEmpty() ? QFileInfo(job.outputFile).suffix() : planned.format;
    QJsonObject payload{
        {QStringLiteral("correlation_id"), correlationId},
        {QStringLiteral("data"), text},
        {QStringLiteral("input_file"), job.inputFile},
        {QStringLiteral("input_file_name"), QFileInfo(job.inputFile).fileName()},
        {QStringLiteral("output_file"), job.outputFile},
        {QStringLiteral("output_file_name"), QFileInfo(job.outputFile).fileName()},
        {QStringLiteral("output_format"), outputFormat},
    };
    for (auto value = planned.payload.constBegin(); value != planned.payload.constEnd(); ++value)
        payload.insert(value.key(), value.value());
    if (job.type == QLatin1String("notebook")) {
        // The workers of CLX accept the formats html, notebook and code.
        const bool isScript = planned.format == QLatin1String("script");
        payload.insert(QStringLiteral("prog_lang"), notebookLanguage(text.toUtf8(), job.inputFile));
        payload.insert(QStringLiteral("format"), isScript ? QStringLiteral("code") : planned.format);
    }
    return payload;
}

/// Copies the input of a job if necessary, and returns the job with its payload and hash.
Result<NewJob> makeJob(const PlannedJob &planned, Progress *progress)
{
    if (!planned.copyTo.isEmpty()) {
        if (const Status copied = copyToNew(planned.source, planned.copyTo, progress); !copied)
            return failure(copied.error());
    }
    NewJob job = planned.job;
    job.correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
    if (job.inputFile.isEmpty())
        return job;
    const Result<QString> text = readText(job.inputFile, job.type);
    if (!text)
        return failure(text.error());
    const QJsonObject payload = makePayload(planned, *text, job.correlationId);
    job.contentHash = payloadHash(job.type, payload);
    job.payload = QJsonDocument(payload).toJson(QJsonDocument::Compact);
    return job;
}

} // namespace

Result<QList<NewJob>> executePlan(const JobPlan &plan, Progress *progress)
{
    if (progress)
        progress->total = totalWork(plan);
    if (const Status copied = copyFiles(plan, progress); !copied)
        return planFailure(copied.error());
    QList<NewJob> jobs;
    jobs.reserve(plan.jobs.size());
    for (const PlannedJob &planned : plan.jobs) {
        if (progress && progress->cancelled)
            return failure(ErrorCode::Cancelled, tr("Cancelled. No job was added."));
        const Result<NewJob> job = makeJob(planned, progress);
        if (!job)
            return planFailure(job.error());
        jobs.append(*job);
        if (progress)
            ++progress->done;
    }
    return jobs;
}

} // namespace lifeguard
