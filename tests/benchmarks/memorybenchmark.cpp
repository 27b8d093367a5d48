// SPDX-License-Identifier: GPL-3.0-or-later
#include "memorybenchmark.h"

#include "measuring.h"
#include "memorymap.h"
#include "queuefile.h"
#include "requirement.h"

#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QProcess>
#include <QSettings>
#include <QThread>

namespace lifeguard::bench {
namespace {

using test::PoolTest;
using test::waitUntil;

constexpr int idleWorkers = 16;
constexpr double workerTargetMb = 18;
constexpr double workerPrivateTargetMb = 2;
constexpr double dashboardTargetMb = 150;

double megabytes(qint64 bytes)
{
    return double(bytes) / 1e6;
}

void measureWorker(Report &report)
{
    PoolTest pool;
    require(pool.begin(), QStringLiteral("The manager did not start."));
    (void)valueOf(pool.manager->startPool(PoolTest::noop(idleWorkers)));
    require(waitUntil([&] { return pool.workersIn(WorkerState::Idle).size() == idleWorkers; }),
            QStringLiteral("The workers did not register."));
    QTest::qWait(1000); // for what an idle worker does once a second
    QList<double> resident;
    QList<double> own;
    QList<double> files;
    QList<double> filesOwn;
    QList<double> heap;
    for (const WorkerInfo &worker : pool.workersIn(WorkerState::Idle)) {
        const ProcessUse use = ProcessUse::of(worker.pid);
        const MemoryMap map = MemoryMap::of(worker.pid);
        resident.append(megabytes(use.residentBytes));
        own.append(megabytes(use.privateBytes));
        files.append(megabytes(map.filesResident));
        filesOwn.append(megabytes(map.filesPrivate));
        heap.append(megabytes(map.heapPrivate));
    }
    const QString unit = QStringLiteral("MB");
    report.add({QStringLiteral("idle noop worker, resident"),
                median(resident),
                unit,
                Limit{QStringLiteral("program and libraries"), median(files)},
                Target::valueAtMost(workerTargetMb),
                {}});
    report.add({QStringLiteral("idle noop worker, private"), median(own), unit,
                Limit{QStringLiteral("data of program and libraries"), median(filesOwn)},
                Target::valueAtMost(workerPrivateTargetMb),
                QStringLiteral("The heap and the stacks of the threads are %1 MB.").arg(median(heap), 0, 'f', 2)});
    require(pool.stopAll(), QStringLiteral("The workers did not stop."));
}

/// Adds workers that this machine's managers did not start, and jobs in every state.
void fill(const QueueFile &queue, int jobs, int workers)
{
    test::RawSql raw(queue.path());
    require(raw.exec(QStringLiteral("BEGIN")), raw.error());
    const bool hasWorkers = raw.exec(
        QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                       "INSERT INTO workers (worker_type, container_id, status, started_at, last_heartbeat) "
                       "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                       "printf('worker-%d', i), 'idle', datetime('now'), datetime('now') FROM n"),
        {workers});
    require(hasWorkers, raw.error());
    const bool hasJobs = raw.exec(
        QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                       "INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, payload, "
                       "created_at, started_at, completed_at, attempts, error) "
                       "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                       "CASE WHEN i % 25 = 3 THEN 'failed' WHEN i % 5 = 0 THEN 'pending' ELSE 'completed' END, i % 7, "
                       "printf('/home/anna/course/slides/module_%03d/diagrams/%06d.puml', i % 300, i), "
                       "printf('/home/anna/course/output/module_%03d/%06d.svg', i % 300, i), printf('%064d', i), "
                       "'{\"data\": \"' || hex(zeroblob(150)) || '\"}', datetime('now', printf('-%d seconds', i)), "
                       "CASE WHEN i % 5 THEN datetime('now', printf('-%d seconds', i)) END, "
                       "CASE WHEN i % 5 THEN datetime('now', printf('-%d seconds', i)) END, i % 3, "
                       "CASE WHEN i % 25 = 3 THEN printf('Syntax error in line %d', i % 400) END FROM n"),
        {jobs});
    require(hasJobs, raw.error());
    require(raw.exec(QStringLiteral("COMMIT")), raw.error());
    raw.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// The pages of the dashboard, as its settings number them.
enum class Page { Workers = 0, Jobs = 1 };

/// Returns the resident bytes of a process once they no longer change: the time in which a window reads its tables is
/// not visible from outside.
qint64 settledMemory(QProcess &process)
{
    constexpr int pollMs = 250;
    constexpr int steadyPolls = 16;
    constexpr double steadyShare = 0.01;
    qint64 bytes = 0;
    for (int steady = 0; steady < steadyPolls; ++steady) {
        QThread::msleep(pollMs);
        require(!process.waitForFinished(1),
                QStringLiteral("The dashboard has ended: ") + QString::fromUtf8(process.readAllStandardError()));
        const qint64 now = ProcessUse::of(process.processId()).residentBytes;
        if (std::abs(double(now - bytes)) > steadyShare * double(now)) {
            bytes = now;
            steady = 0;
        }
    }
    return bytes;
}

/// Returns the resident bytes of the real dashboard that shows this page.
qint64 dashboard(const QueueFile &queue, Page page)
{
    const QTemporaryDir home;
    const QDir folder(home.path());
    folder.mkpath(QStringLiteral("config/lifeguard"));
    {
        QSettings settings(folder.filePath(QStringLiteral("config/lifeguard/lifeguard.conf")), QSettings::IniFormat);
        settings.setValue(QStringLiteral("window/page"), int(page));
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"}) {
        const QString kind = QString::fromLatin1(name).section(u'_', 1, 1).toLower();
        environment.insert(QString::fromLatin1(name), folder.filePath(kind));
    }
    if (!environment.contains(QStringLiteral("DISPLAY")) && !environment.contains(QStringLiteral("WAYLAND_DISPLAY")))
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard"),
                  {QStringLiteral("--db"), queue.path(), QStringLiteral("--workspace"), queue.folder()});
    require(process.waitForStarted(), process.errorString());
    const qint64 bytes = settledMemory(process);
    process.terminate();
    if (!process.waitForFinished())
        process.kill();
    return bytes;
}

void measureDashboard(Report &report, int jobs, int workers)
{
    const QueueFile queue;
    const Limit empty{QStringLiteral("with an empty database"), megabytes(dashboard(queue, Page::Jobs))};
    fill(queue, jobs, workers);
    const QString unit = QStringLiteral("MB");
    report.add({QStringLiteral("dashboard, Jobs page, resident"),
                megabytes(dashboard(queue, Page::Jobs)),
                unit,
                empty,
                Target::valueAtMost(dashboardTargetMb),
                {}});
    report.add({QStringLiteral("dashboard, Workers page, resident"),
                megabytes(dashboard(queue, Page::Workers)),
                unit,
                empty,
                Target::valueAtMost(dashboardTargetMb),
                {}});
}

} // namespace

void measureMemory(Report &report, const Sizes &sizes)
{
    const int jobs = sizes.choose(1000000, 1000);
    const int workers = sizes.choose(1000, 10);
    const bool hasDisplay = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    report.setting(QStringLiteral("noop workers"), QStringLiteral("median of %1").arg(idleWorkers));
    report.setting(QStringLiteral("dashboard"), QStringLiteral("%1 jobs, %2 workers, %3")
                                                    .arg(jobs)
                                                    .arg(workers)
                                                    .arg(hasDisplay ? QStringLiteral("the platform of this session")
                                                                    : QStringLiteral("platform offscreen")));
    measureWorker(report);
    measureDashboard(report, jobs, workers);
}

} // namespace lifeguard::bench
