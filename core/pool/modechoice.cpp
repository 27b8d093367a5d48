// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/modechoice.h"

#include "core/config/jobtypes.h"
#include "core/executor/containerspec.h"

namespace lifeguard {
namespace {

bool isMissing(const ImageInspection &inspection)
{
    return inspection.imageError && inspection.imageError->code == ErrorCode::NotFound;
}

ModeChoice chooseDocker(const ImageInspection &inspection)
{
    if (inspection.engineError)
        return {{}, Message::literal(inspection.engineError->message)};
    if (inspection.imageError && !isMissing(inspection))
        return {{}, Message::literal(inspection.imageError->message)};
    return {ExecutionMode::Docker, {}, isMissing(inspection)};
}

} // namespace

bool needsDocker(const WorkerConfig &requested)
{
    switch (requested.mode) {
    case ExecutionMode::Direct:
        return false;
    case ExecutionMode::Docker:
        return true;
    case ExecutionMode::Auto:
        return requested.command.isEmpty() || !requested.image.isEmpty();
    }
    Q_UNREACHABLE();
}

ModeChoice chooseMode(const WorkerConfig &requested, const ImageInspection &inspection)
{
    if (requested.mode == ExecutionMode::Direct)
        return {ExecutionMode::Direct, {}};
    if (!needsDocker(requested))
        return {ExecutionMode::Direct, Message("mode_direct_command")};
    if (requested.mode == ExecutionMode::Docker)
        return chooseDocker(inspection);
    const QString image = imageOf(requested);
    Message obstacle;
    if (inspection.engineError)
        obstacle = Message::literal(inspection.engineError->message);
    else if (isMissing(inspection))
        obstacle = Message("image_missing", {image});
    else if (inspection.imageError)
        obstacle = Message::literal(inspection.imageError->message);
    else
        return {ExecutionMode::Docker, Message("mode_docker", {image})};
    const bool canRunDirectly = !requested.command.isEmpty() || jobType(requested.type);
    if (!canRunDirectly)
        return {{}, Message("type_needs_image", {requested.type, obstacle.asArgument()})};
    return {ExecutionMode::Direct, Message("mode_direct", {obstacle.asArgument()})};
}

} // namespace lifeguard
