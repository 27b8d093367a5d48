// SPDX-License-Identifier: GPL-3.0-or-later
#include "dockerbenchmark.h"

#include "commandruns.h"
#include "measuring.h"
#include "queuefile.h"
#include "tests/support/dockerpools.h"
#include "tests/support/waiting.h"

#include <QSignalSpy>

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace lifeguard::bench {
namespace {

constexpr int longestMs = 300000;
const QString image = QStringLiteral("lifeguard-noop:latest");

/// Returns the arguments of a `docker run` that starts a worker with the protections that Lifeguard's containers have.
QStringList dockerRun(const QueueFile &queue, const QString &label)
{
    const QString mount = QStringLiteral("type=bind,source=%1,target=%2");
    QStringList arguments{QStringLiteral("run"), QStringLiteral("--detach")};
    for (const auto &[option, value] :
         QList<QPair<QString, QString>>{{QStringLiteral("--label"), label},
                                        {QStringLiteral("--network"), QStringLiteral("none")},
                                        {QStringLiteral("--user"), QStringLiteral("%1:%2").arg(getuid()).arg(getgid())},
                                        {QStringLiteral("--cap-drop"), QStringLiteral("ALL")},
                                        {QStringLiteral("--security-opt"), QStringLiteral("no-new-privileges")},
                                        {QStringLiteral("--tmpfs"), QStringLiteral("/tmp")},
                                        {QStringLiteral("--pids-limit"), QStringLiteral("512")},
                                        {QStringLiteral("--mount"), mount.arg(queue.folder(), QStringLiteral("/db"))},
                                        {QStringLiteral("--mount"),
                                         mount.arg(queue.folder(), QStringLiteral("/workspace"))},
                                        {QStringLiteral("--env"), QStringLiteral("WORKER_TYPE=noop")},
                                        {QStringLiteral("--env"), QStringLiteral("DB_PATH=/db/queue.db")},
                                        {QStringLiteral("--env"), QStringLiteral("WORKSPACE_PATH=/workspace")}})
        arguments += {option, value};
    return arguments + QStringList{QStringLiteral("--read-only"), image};
}

/// Returns the seconds until `docker run` has started this many containers at the same time.
double bareContainers(int count)
{
    const test::DockerEngine &engine = test::DockerEngine::shared();
    const QueueFile queue;
    const QString label = QStringLiteral("org.lifeguard.bench=%1").arg(getpid());
    const double seconds = secondsOf(QList<Command>(count, {QStringLiteral("docker"), dockerRun(queue, label)}), count);
    const QStringList ids = engine
                                .line({QStringLiteral("ps"), QStringLiteral("--all"), QStringLiteral("--quiet"),
                                       QStringLiteral("--filter"), QStringLiteral("label=") + label})
                                .split(u'\n', Qt::SkipEmptyParts);
    engine.docker(QStringList{QStringLiteral("rm"), QStringLiteral("--force")} + ids, longestMs);
    return seconds;
}

/// Returns the seconds from the start of a pool to the registration of its last worker.
double registeredContainers(int count)
{
    test::PoolTest pool;
    if (!pool.begin()) {
        std::fputs("the manager did not start\n", stderr);
        std::exit(1);
    }
    WorkerConfig config = test::dockerNoop(count);
    config.registrationTimeout = lifeguard::seconds(longestMs / 1000);
    const Stopwatch watch;
    const bool isStarted = pool.manager->startPool(config)
                        && test::waitUntil([&] { return pool.workersIn(WorkerState::Idle).size() == count; },
                                           longestMs);
    const double registered = watch.seconds();
    QSignalSpy stopped(pool.manager.get(), &WorkerPoolManager::allStopped);
    pool.manager->stopAll();
    if (!isStarted || !test::waitUntil([&] { return !stopped.isEmpty(); }, longestMs)) {
        std::fprintf(stderr, "%d containers did not register or did not end\n", count);
        std::exit(1);
    }
    return registered;
}

} // namespace

void measureDocker(Report &report, const Sizes &sizes)
{
    const test::DockerEngine &engine = test::DockerEngine::shared();
    if (!engine.missingReason().isEmpty()) {
        report.skip(engine.missingReason());
        return;
    }
    qputenv("DOCKER_HOST", engine.endpoint().toLocal8Bit());
    report.setting(QStringLiteral("engine"), engine.line({QStringLiteral("version"), QStringLiteral("--format"),
                                                          QStringLiteral("Docker {{.Server.Version}}")}));
    report.setting(QStringLiteral("image"), image);
    for (const int count : sizes.choose<QList<int>>({1, 8, 64}, {1})) {
        const Limit bare{QStringLiteral("docker run"), bareContainers(count)};
        report.add({QStringLiteral("%1 containers registered").arg(count),
                    registeredContainers(count),
                    QStringLiteral("s"),
                    bare,
                    Target::ratioAtMost(1.2),
                    {}});
    }
}

} // namespace lifeguard::bench
