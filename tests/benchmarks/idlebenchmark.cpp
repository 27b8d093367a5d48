// SPDX-License-Identifier: GPL-3.0-or-later
#include "idlebenchmark.h"

#include "converterinputs.h"
#include "idleuse.h"
#include "queuefile.h"
#include "requirement.h"
#include "runningpool.h"

#include "core/base/processtree.h"
#include "core/tools/missingtools.h"
#include "tests/support/waiting.h"

#include <QFile>
#include <QStringList>
#include <QThread>

#include <csignal>
#include <functional>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeguard::bench {
namespace {

constexpr double cpuTarget = 0.3; // % of a core
constexpr double writtenTarget = 2; // KiB/s
constexpr double kibibyte = 1024;

struct Type
{
    QString name;
    int restSeconds; ///< after the last job: the tools of this type are idle then
    QStringList (*write)(const QString &folder, int count); ///< inputs of jobs; null if the type has none
};

struct Length
{
    int workers;
    int seconds;
    bool rests;
};

QString rounded(double value)
{
    return QString::number(value, 'f', value < 1 ? 3 : 1);
}

/// Runs processes that wake once a second, as workers must to show that they are alive. Returns what they use.
PoolUse bareUse(const Length &length)
{
    const pid_t parent = fork();
    if (parent == 0) {
        for (int i = 0; i < length.workers && fork() != 0; ++i) {}
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            sleep(1);
    }
    QThread::sleep(1); // until all have started
    const PoolUse use = PoolUse::of(parent, length.seconds);
    killTrees({parent}, {});
    waitpid(parent, nullptr, 0);
    return use;
}

/// Removes the content of the database from the kernel's cache, so that a process that reads it reads from the disk.
void dropFromCache(const QString &path)
{
    for (const QString &suffix : {QString(), QStringLiteral("-wal")}) {
        const int file = open(QFile::encodeName(path + suffix).constData(), O_RDONLY | O_CLOEXEC);
        fdatasync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
}

void addRow(Report &report, const QString &name, const QString &unit, const PoolUse &use,
            const std::function<double(const UsePerSecond &)> &figure, Row row)
{
    row.name = name;
    row.value = figure(use.sum());
    row.unit = unit;
    const QString parts = QStringLiteral("manager %1, workers %2, %3 other processes %4")
                              .arg(rounded(figure(use.manager)), rounded(figure(use.workers)))
                              .arg(use.toolProcesses)
                              .arg(rounded(figure(use.tools)));
    row.note = row.note.isEmpty() ? parts : parts + QStringLiteral("; ") + row.note;
    report.add(row);
}

void addRows(Report &report, const QString &name, const PoolUse &use, double bareCpu)
{
    const QString rate = QStringLiteral("KiB/s");
    Row cpu;
    cpu.limit = Limit{QStringLiteral("waking once a second"), bareCpu};
    cpu.target = Target::valueAtMost(cpuTarget);
    addRow(
        report, name + QStringLiteral(", CPU"), QStringLiteral("% of a core"), use,
        [](const UsePerSecond &part) { return part.cpuPercent; }, cpu);
    Row written;
    written.target = Target::valueAtMost(writtenTarget);
    addRow(
        report, name + QStringLiteral(", written to the disk"), rate, use,
        [](const UsePerSecond &part) { return part.bytesWritten / kibibyte; }, written);
    addRow(
        report, name + QStringLiteral(", passed to write()"), rate, use,
        [](const UsePerSecond &part) { return part.bytesPassedToWrite / kibibyte; }, written);
    Row read;
    read.target = Target::valueAtMost(0);
    read.note = QStringLiteral("with pipes, /proc and the cache %1").arg(rounded(use.sum().bytesRead / kibibyte));
    addRow(
        report, name + QStringLiteral(", read from the disk"), rate, use,
        [](const UsePerSecond &part) { return part.bytesReadFromDisk / kibibyte; }, read);
}

void measureType(Report &report, const Type &type, const Length &length, double bareCpu)
{
    QueueFile queue;
    RunningPool pool(queue, type.name, length.workers);
    if (type.write) {
        // Twice as many as workers, so that each of them starts its tool.
        pool.convert(type.write(queue.folder() + QStringLiteral("/input"), 2 * length.workers));
        report.setting(type.name + QStringLiteral(" workers that have converted a file"),
                       QString::number(pool.workersWithJobs()));
    }
    dropFromCache(queue.path());
    QThread::sleep(length.rests ? ulong(type.restSeconds) : 1);
    addRows(report, QStringLiteral("%1 %2 workers and manager").arg(length.workers).arg(type.name),
            PoolUse::of(pool.manager(), length.seconds), bareCpu);
}

/// Measures workers and a manager next to many pending jobs of a type that they do not convert.
void measureNextToJobs(Report &report, const Length &length, int jobs, double bareCpu)
{
    constexpr int payload = 40000;
    constexpr int restSeconds = 10;
    QueueFile queue;
    queue.add(jobs, QStringLiteral("plantuml"), 0, payload);
    queue.emptyLog();
    RunningPool pool(queue, QStringLiteral("noop"), length.workers);
    dropFromCache(queue.path());
    QThread::sleep(length.rests ? restSeconds : 1);
    addRows(report,
            QStringLiteral("%1 noop workers and manager, %2 MB of other jobs")
                .arg(length.workers)
                .arg(qint64(jobs) * payload / 1'000'000),
            PoolUse::of(pool.manager(), length.seconds), bareCpu);
}

} // namespace

void measureIdle(Report &report, const Sizes &sizes)
{
    const Length length = sizes.choose<Length>({16, 30, true}, {1, 1, false});
    report.setting(QStringLiteral("measured for"), QStringLiteral("%1 s").arg(length.seconds));
    report.setting(QStringLiteral("reads"),
                   QStringLiteral("the database was removed from the kernel's cache before the workers rested"));
    const double bareCpu = bareUse(length).sum().cpuPercent;
    // The small form leaves out the tools that need seconds to start.
    const QList<Type> types{
        {QStringLiteral("noop"), 10, nullptr},
        {QStringLiteral("plantuml"), 15, writeDiagrams},
        {QStringLiteral("notebook"), 20, writeNotebooks},
        {QStringLiteral("drawio"), 45, writeDrawings}, // the wrapper closes its browser after 30 s
    };
    QStringList missing;
    for (const Type &type : sizes.choose(types, types.mid(0, 2))) {
        if (const QString message = missingTools(type.name); message.isEmpty())
            measureType(report, type, length, bareCpu);
        else
            missing.append(message);
    }
    measureNextToJobs(report, length, sizes.choose(20000, 50), bareCpu);
    if (!missing.isEmpty())
        report.skip(missing.join(u' '));
}

} // namespace lifeguard::bench
