// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the payloads of jobs, as submitted and as read by workers.
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
    const QByteArray json = toBytes(data, size);
    if (const auto object = readPayloadObject(json)) {
        Job job;
        (void)readInput(job, *object);
        (void)object->value(QLatin1String("sleep_ms")).toInt();
    }
    const auto job = payloadJob(QStringLiteral("noop"), json);
    if (!job)
        return 0;
    require(!job->contentHash.isEmpty(), "a job has a content hash");
    const auto again = readPayloadObject(job->payload);
    require(again.has_value(), "a stored payload can be read");
    require(QJsonDocument(*again).toJson(QJsonDocument::Compact) == job->payload,
            "a payload is stored as compact JSON");
    return 0;
}
