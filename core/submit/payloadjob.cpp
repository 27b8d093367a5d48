// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/payloadjob.h"

#include "core/config/workerconfig.h"
#include "core/submit/contenthash.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PayloadJob", text);
}

} // namespace

QString jobTypeError(const QString &type)
{
    if (type.isEmpty())
        return tr("Enter the type of the jobs, for example noop.");
    WorkerConfig rules;
    rules.type = type;
    rules.mode = ExecutionMode::Direct;
    rules.command = QStringList{QStringLiteral("any")};
    for (const ConfigError &error : rules.validate()) {
        if (error.field == QLatin1String("type"))
            return error.message;
    }
    return {};
}

Result<QJsonObject> readPayloadObject(const QByteArray &json)
{
    QJsonParseError error{};
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        const QByteArray before = json.left(error.offset);
        const qsizetype line = before.count('\n') + 1;
        const qsizetype column = QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size() + 1;
        return failure(ErrorCode::InvalidArgument,
                       tr("Line %1, column %2: %3.").arg(line).arg(column).arg(error.errorString()));
    }
    if (!document.isObject())
        return failure(ErrorCode::InvalidArgument, tr("The payload must be a JSON object: { … }."));
    return document.object();
}

Result<NewJob> payloadJob(const QString &type, const QByteArray &json, int priority)
{
    if (const QString error = jobTypeError(type); !error.isEmpty())
        return failure(ErrorCode::InvalidArgument, error);
    const Result<QJsonObject> payload = readPayloadObject(json);
    if (!payload)
        return failure(payload.error());
    // Missing values become empty strings: the columns of CLX are NOT NULL.
    const auto text = [&payload](const char *key) { return payload->value(QLatin1String(key)).toString(); };
    NewJob job;
    job.type = type;
    job.inputFile = text("input_file");
    job.outputFile = text("output_file");
    job.correlationId = text("correlation_id");
    job.payload = QJsonDocument(*payload).toJson(QJsonDocument::Compact);
    job.contentHash = payloadHash(type, *payload);
    job.priority = priority;
    return job;
}

QString payloadTitle(const QString &type, int count)
{
    //: The title of a submission. %1 is a job type.
    return QCoreApplication::translate("lifeguard::PayloadJob", "%n %1 job(s)", nullptr, count).arg(type);
}

} // namespace lifeguard
