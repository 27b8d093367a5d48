// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/modechoice.h"

#include "core/config/jobtypes.h"
#include "core/executor/containerspec.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ModeChoice", text);
}

} // namespace

bool needsDocker(const WorkerConfig &wanted)
{
    switch (wanted.mode) {
    case ExecutionMode::Direct:
        return false;
    case ExecutionMode::Docker:
        return true;
    case ExecutionMode::Auto:
        return wanted.command.isEmpty() || !wanted.image.isEmpty();
    }
    return false;
}

ModeChoice chooseMode(const WorkerConfig &wanted, const ImageInspection &look)
{
    if (wanted.mode == ExecutionMode::Direct)
        return {ExecutionMode::Direct, {}};
    if (!needsDocker(wanted))
        return {ExecutionMode::Direct, tr("direct: a command without an image runs on this machine")};
    if (wanted.mode == ExecutionMode::Docker) {
        if (look.engineError)
            return {{}, look.engineError->message};
        if (look.imageError && look.imageError->code != ErrorCode::NotFound)
            return {{}, look.imageError->message};
        return {ExecutionMode::Docker, {}, look.imageError.has_value()};
    }
    QString whyNot;
    if (look.engineError)
        whyNot = look.engineError->message;
    else if (look.imageError && look.imageError->code == ErrorCode::NotFound)
        whyNot = tr("Docker's engine has no image %1").arg(imageOf(wanted));
    else if (look.imageError)
        whyNot = look.imageError->message;
    else
        return {ExecutionMode::Docker, tr("docker: the engine has the image %1").arg(imageOf(wanted))};
    const bool canRunDirectly = !wanted.command.isEmpty() || jobType(wanted.type);
    if (!canRunDirectly)
        return {{}, tr("lifeguard-worker cannot convert '%1' without its image: %2").arg(wanted.type, whyNot)};
    return {ExecutionMode::Direct, tr("direct: %1").arg(whyNot)};
}

} // namespace lifeguard
