// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the streams of JSON objects of a Docker engine, and the values that are read from them.
#include "core/docker/dockertypes.h"
#include "core/docker/jsonlines.h"
#include "tests/fuzz/targets/fuzz.h"

#include <cmath>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr qsizetype sizeLimit = 3000;
    const QByteArray bytes = toBytes(data, size);
    JsonLines whole(sizeLimit);
    const QList<QJsonObject> objects = whole.feed(bytes);
    for (const qsizetype pieceSize : {1, 11}) {
        JsonLines pieces(sizeLimit);
        QList<QJsonObject> joined;
        for (qsizetype at = 0; at < bytes.size(); at += pieceSize)
            joined += pieces.feed(bytes.mid(at, pieceSize));
        require(joined == objects && pieces.isBroken() == whole.isBroken(),
                "the result does not depend on the size of the pieces");
    }
    for (const QJsonObject &object : objects) {
        const DockerImage image = DockerImage::fromJson(object);
        require(image.bytes >= 0, "the size of an image is not negative");
        const DockerContainer container = DockerContainer::fromJson(object);
        require(container.pid >= 0, "the pid of a container is not negative");
        (void)ContainerEvent::fromJson(object);
        if (const auto sample = ContainerSample::fromJson(object)) {
            require(std::isfinite(sample->cpuPercent) && sample->cpuPercent >= 0,
                    "the CPU usage is finite and not negative");
            require(sample->memoryBytes >= 0 && sample->memoryLimit >= 0 && sample->processes >= 0
                        && sample->cpuSeconds >= 0,
                    "the usage of a container is not negative");
        }
    }
    return 0;
}
