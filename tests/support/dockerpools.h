// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"
#include "tests/support/dockerengine.h"
#include "tests/support/pooltest.h"

namespace lifeguard::test {

/// Returns the configuration of a noop pool in containers, without a network, because creating one takes time.
[[nodiscard]] inline WorkerConfig dockerNoop(int count)
{
    WorkerConfig config = PoolTest::noop(count);
    config.mode = ExecutionMode::Docker;
    config.image = QStringLiteral("lifeguard-noop:latest");
    config.network = QStringLiteral("none");
    return config;
}

/// Returns the configuration of a pool of one container that runs busybox from the workspace instead of
/// lifeguard-worker.
[[nodiscard]] inline WorkerConfig dockerBusybox(PoolTest &t, const QStringList &arguments)
{
    // busybox is statically linked, so it runs in any image.
    if (!QFile::copy(QStringLiteral("/bin/busybox"), t.path(QStringLiteral("busybox"))))
        qFatal("/bin/busybox is missing; packaging/test.sh installs it");
    WorkerConfig config = dockerNoop(1);
    config.command = QStringList{QStringLiteral("/workspace/busybox")} + arguments;
    return config;
}

[[nodiscard]] inline QStringList executorIds(const QList<WorkerInfo> &workers)
{
    QStringList ids;
    for (const WorkerInfo &worker : workers)
        ids.append(worker.executorId);
    ids.sort();
    return ids;
}

/// Returns the names of all containers of the database of the test, or other columns, in the format of `docker ps`;
/// including ended containers.
[[nodiscard]] inline QStringList containersOf(const DockerEngine &engine, const PoolTest &t,
                                              const char *format = "{{.Names}}")
{
    const QString label = QStringLiteral("label=org.lifeguard.database=") + t.path(QStringLiteral("q.db"));
    const QString lines = engine.line({QStringLiteral("ps"), QStringLiteral("--all"), QStringLiteral("--filter"), label,
                                       QStringLiteral("--format"), QString::fromLatin1(format)});
    QStringList all = lines.split(u'\n', Qt::SkipEmptyParts);
    all.sort();
    return all;
}

} // namespace lifeguard::test
