// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan's inputs say, and the jobs made from it.
#include "core/base/filecopy.h"
#include "core/base/textdecoding.h"
#include "core/submit/contenthash.h"
#include "core/submit/jobplanner.h"
#include "core/formats/notebookinput.h"
#include "core/formats/plantumltext.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QUuid>

#include <numeric>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobPlanner", text);
}

Error nothingAdded(Error error)
{
    if (error.code != ErrorCode::Cancelled)
        error.message += u' ' + tr("No job was added.");
    return error;
}

/// What the diagram includes from files, with all they include: a change there has to be noticed as well.
void addIncludes(QCryptographicHash &hash, const QString &text, const QString &folder, QSet<QString> &seen)
{
    for (const QString &name : plantUmlIncludes(text)) {
        const QString path = QFileInfo(QDir(folder).absoluteFilePath(name)).canonicalFilePath();
        QFile file(path);
        if (path.isEmpty() || seen.contains(path) || !file.open(QIODevice::ReadOnly))
            continue;
        seen.insert(path);
        const QByteArray content = file.readAll();
        hash.addData(content);
        addIncludes(hash, decodeText(content), QFileInfo(path).path(), seen);
    }
}

QString hashOfDiagram(const QJsonObject &payload, const QString &text, const QString &folder)
{
    QCryptographicHash included(QCryptographicHash::Sha256);
    QSet<QString> seen;
    addIncludes(included, text, folder, seen);
    const QString own = payloadHash(QStringLiteral("plantuml"), payload);
    // Without includes it is the one that CLX expects.
    return seen.isEmpty() ? own : contentHash(own.toUtf8() + included.result());
}

} // namespace

Result<QList<NewJob>> executePlan(const JobPlan &plan, Progress *progress)
{
    QList<NewJob> jobs;
    jobs.reserve(plan.jobs.size());
    if (progress) {
        const auto add = [](qint64 sum, const PlannedJob &planned) { return sum + 1 + planned.copyBytes; };
        progress->total = std::accumulate(plan.jobs.cbegin(), plan.jobs.cend(), qint64(0), add);
        for (const CopiedPath &copy : plan.beside)
            progress->total += copy.bytes;
    }
    for (const CopiedPath &copy : plan.beside) {
        if (const Status copied = copyToNew(copy.source, copy.target, progress); !copied)
            return failure(nothingAdded(copied.error()));
    }
    for (const PlannedJob &planned : plan.jobs) {
        if (progress && progress->cancelled)
            return failure(ErrorCode::Cancelled, tr("Cancelled: no job was added."));
        if (!planned.copyTo.isEmpty()) {
            if (const Status copied = copyToNew(planned.source, planned.copyTo, progress); !copied)
                return failure(nothingAdded(copied.error()));
        }
        NewJob job = planned.job;
        if (job.inputFile.isEmpty()) { // of a type without files: the payload is all it has
            job.correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
            jobs.append(job);
            if (progress)
                ++progress->done;
            continue;
        }
        QFile input(job.inputFile);
        if (!input.open(QIODevice::ReadOnly))
            return failure(nothingAdded({ErrorCode::Io, tr("%1 cannot be read: %2.").arg(job.inputFile, input.errorString()), {}}));
        if (input.size() > largestInput)
            return failure(nothingAdded({ErrorCode::Io, tr("%1 has grown too large for a job.").arg(job.inputFile), {}}));
        const QString text = decodeText(input.readAll());
        job.correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        const QByteArray data = text.toUtf8();
        QJsonObject payload{
            {QStringLiteral("correlation_id"), job.correlationId},
            {QStringLiteral("data"), text},
            {QStringLiteral("input_file"), job.inputFile},
            {QStringLiteral("input_file_name"), QFileInfo(job.inputFile).fileName()},
            {QStringLiteral("output_file"), job.outputFile},
            {QStringLiteral("output_file_name"), QFileInfo(job.outputFile).fileName()},
            {QStringLiteral("output_format"), planned.format.isEmpty() ? QFileInfo(job.outputFile).suffix() : planned.format},
        };
        for (auto wish = planned.wishes.constBegin(); wish != planned.wishes.constEnd(); ++wish)
            payload.insert(wish.key(), wish.value());
        if (job.type == QLatin1String("notebook")) {
            // As CLX says it; its own workers know html, notebook and code.
            payload.insert(QStringLiteral("prog_lang"), notebookLanguage(data, job.inputFile));
            payload.insert(QStringLiteral("format"), planned.format == QLatin1String("script") ? QStringLiteral("code") : planned.format);
        }
        job.contentHash = job.type == QLatin1String("plantuml") ? hashOfDiagram(payload, text, QFileInfo(job.inputFile).path())
                                                                : payloadHash(job.type, payload);
        job.payload = QJsonDocument(payload).toJson(QJsonDocument::Compact);
        jobs.append(job);
        if (progress)
            ++progress->done;
    }
    return jobs;
}

} // namespace lifeguard
