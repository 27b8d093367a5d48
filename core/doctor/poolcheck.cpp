// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/poolcheck.h"

#include "core/config/jobtypes.h"
#include "core/executor/containerspec.h"
#include "core/executor/processspec.h"
#include "core/executor/workersetup.h"

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

QList<WantedImage> imagesOf(const QList<NamedPool> &pools)
{
    QList<WantedImage> images;
    const auto add = [&images](const QString &name, bool isRequired) {
        const auto found = std::find_if(images.begin(), images.end(),
                                        [&name](const WantedImage &image) { return image.name == name; });
        if (found == images.end())
            images.append({name, isRequired});
        else
            found->isRequired = found->isRequired || isRequired;
    };
    for (const NamedPool &pool : pools) {
        if (pool.config.mode != ExecutionMode::Direct)
            add(imageOf(pool.config), pool.config.mode == ExecutionMode::Docker);
    }
    if (images.isEmpty()) {
        for (const JobType &type : jobTypes())
            add(QStringLiteral("lifeguard-%1:latest").arg(type.name), false);
    }
    return images;
}

QList<Finding> checkPools(const QList<NamedPool> &pools, const QString &workspace, const QString &workerProgram)
{
    QList<Finding> findings;
    for (const NamedPool &pool : pools) {
        StartRequest request;
        request.config = pool.config;
        request.workspace = workspace;
        QStringList problems;
        if (pool.config.mode != ExecutionMode::Docker) {
            if (const Result<QStringList> command = workerCommand(request, workerProgram); !command)
                problems.append(command.error().message);
        }
        if (const Result<StartRequest> setup = setUpWorker(request); !setup)
            problems.append(setup.error().message);
        if (problems.isEmpty())
            findings.append({Finding::Area::Pools,
                             Level::Ok,
                             tr("The programs and files of the pool %1 exist.").arg(pool.name),
                             {}});
        for (const QString &problem : std::as_const(problems)) {
            findings.append({Finding::Area::Pools, Level::Problem,
                             tr("The pool %1 cannot be started: %2").arg(pool.name, problem),
                             tr("Change the pool in the configuration file.")});
        }
    }
    return findings;
}

} // namespace lifeguard
