// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/dockerhint.h"

#include "core/executor/containerspec.h"
#include "core/pool/modechoice.h"

#include <QCoreApplication>

#include <algorithm>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DockerHint)
};

bool isLocal(const QString &image, const QList<DockerImage> &images)
{
    return std::any_of(images.cbegin(), images.cend(),
                       [&image](const DockerImage &known) { return known.hasName(image); });
}

} // namespace

DockerHint dockerHint(const WorkerConfig &config, const std::optional<DockerOverview> &overview)
{
    using Severity = DockerHint::Severity;
    if (!needsDocker(config) || config.type.isEmpty()) {
        return {};
    }
    if (!overview) {
        return {Text::tr("Checking Docker…")};
    }
    ImageInspection inspection;
    inspection.engineError = overview->problem;
    const QString image = imageOf(config);
    if (!overview->problem && !isLocal(image, overview->images)) {
        inspection.imageError = Error{ErrorCode::NotFound, {}, {}};
    }
    const ModeChoice choice = chooseMode(config, inspection);
    if (!choice.mode) {
        return {choice.reason.translatedText(), Severity::Error};
    }
    if (choice.needsPull) {
        return {Text::tr("The image %1 is not on this machine and will be pulled first.").arg(image), Severity::Warning,
                true};
    }
    if (config.mode == ExecutionMode::Docker) {
        return {{}, Severity::Info, true};
    }
    if (*choice.mode == ExecutionMode::Docker) {
        return {Text::tr("The workers will run in containers of the image %1.").arg(image), Severity::Info, true};
    }
    return {choice.reason.translatedText()}; // "direct: Docker is not installed"
}

} // namespace lifeguard
