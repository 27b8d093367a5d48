// SPDX-License-Identifier: GPL-3.0-or-later
// Payloads of jobs, when they are submitted and when workers read them.
#include "core/model/job.h"
#include "core/submit/payloadjob.h"
#include "core/worker/jobfiles.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray json = bytesOf(data, size);
    if (const auto object = readPayloadObject(json)) {
        Job job;
        (void)readInput(job, *object);
        (void)object->value(QLatin1String("sleep_ms")).toInt();
    }
    const auto job = payloadJob(QStringLiteral("noop"), json);
    if (!job)
        return 0;
    promise(!job->contentHash.isEmpty(), "a job has a content hash");
    const auto again = readPayloadObject(job->payload);
    promise(again.has_value(), "a stored payload can be read");
    promise(QJsonDocument(*again).toJson(QJsonDocument::Compact) == job->payload, "storing a payload does not change it");
    return 0;
}
