// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/dockercheck.h"

#include <QCoreApplication>

#include <algorithm>

namespace lifeguard {
namespace {

using Level = Finding::Level;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Doctor", text);
}

} // namespace

QList<Finding> dockerFindings(const DockerFacts &facts, const QList<WantedImage> &wantedImages)
{
    QList<Finding> findings;
    const auto add = [&findings](Level level, const QString &text, const QString &advice = {}) {
        findings.append({Finding::Area::Docker, level, text, advice});
    };
    if (!facts.engine) {
        const bool isRequired = std::any_of(wantedImages.begin(), wantedImages.end(),
                                            [](const WantedImage &image) { return image.isRequired; });
        add(isRequired ? Level::Problem : Level::Note,
            tr("Docker pools cannot run: %1").arg(facts.engine.error().message),
            tr("Direct pools need no container engine. For Docker pools, install Docker or Podman, and start it."));
        return findings;
    }
    add(Level::Ok, tr("The container engine at %1 responds: version %2 (API %3).")
                       .arg(facts.address, facts.engine->version, facts.engine->apiVersion));
    for (const WantedImage &wanted : wantedImages) {
        const bool exists = std::any_of(facts.images.begin(), facts.images.end(),
                                        [&wanted](const DockerImage &image) { return image.hasName(wanted.name); });
        // Pools pull missing images.
        if (exists)
            add(Level::Ok, tr("The engine has the image %1.").arg(wanted.name));
        else
            add(Level::Note, tr("The engine does not have the image %1.").arg(wanted.name),
                tr("Build Lifeguard's images with packaging/images/build.sh, or pull the image."));
    }
    return findings;
}

} // namespace lifeguard
