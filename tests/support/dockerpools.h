// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"
#include "tests/support/dockerengine.h"
#include "tests/support/pooltest.h"

namespace lifeguard::test {

/// Workers in containers of the tests' engine, without a network, which takes time.
[[nodiscard]] inline WorkerConfig dockerNoop(int count)
{
    WorkerConfig config = PoolTest::noop(count);
    config.mode = ExecutionMode::Docker;
    config.image = QStringLiteral("lifeguard-noop:latest");
    config.network = QStringLiteral("none");
    return config;
}

/// A container of a program that lies in the workspace, in place of our worker.
[[nodiscard]] inline WorkerConfig dockerBusybox(PoolTest &t, const QStringList &arguments)
{
    if (!QFile::copy(QStringLiteral("/bin/busybox"), t.path(QStringLiteral("busybox")))) // static: it runs in any image
        qFatal("there is no /bin/busybox, which packaging/test.sh installs");
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

/// Names or other facts (format: of docker ps) of all containers on this database, those that ended too.
[[nodiscard]] inline QStringList containersOf(const DockerEngine &engine, const PoolTest &t, const char *format = "{{.Names}}")
{
    const QString label = QStringLiteral("label=org.lifeguard.database=") + t.path(QStringLiteral("q.db"));
    const QString lines = engine.line({QStringLiteral("ps"), QStringLiteral("--all"), QStringLiteral("--filter"), label, QStringLiteral("--format"),
                                       QString::fromLatin1(format)});
    QStringList all = lines.split(u'\n', Qt::SkipEmptyParts);
    all.sort();
    return all;
}

} // namespace lifeguard::test
