// SPDX-License-Identifier: GPL-3.0-or-later
// Measures how long the GUI thread is blocked with 100 workers, 4 of them busy, while each page is shown for some
// seconds.
//   xvfb-run -a build/release/bin/bench_window [SECONDS]
// The duration of every event that the GUI thread handles is measured as wall time and as CPU time: on a busy machine
// the scheduler can interrupt the thread in the middle of an event.
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QTabWidget>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr double limitMs = 50.0;
constexpr int busyWorkers = 4;
constexpr int idleWorkers = 96;

double threadCpuMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

/// Measures the duration of each event that is not handled within another event.
class MeasuringApplication : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject *receiver, QEvent *event) override
    {
        // Events of the threads of the store pass through this function, too.
        if (!measuring || QThread::currentThread() != thread() || m_depth > 0)
            return QApplication::notify(receiver, event);
        const QByteArray description = QByteArray(receiver->metaObject()->className()) + " #"
                                     + receiver->objectName().toUtf8() + " event "
                                     + QByteArray::number(int(event->type()));
        ++m_depth;
        QElapsedTimer timer;
        timer.start();
        const double before = threadCpuMs();
        const bool handled = QApplication::notify(receiver, event);
        const double wall = double(timer.nsecsElapsed()) / 1e6;
        --m_depth;
        samples.push_back(wall);
        cpu = std::max(cpu, threadCpuMs() - before);
        if (wall > longest) {
            longest = wall;
            slowest = description;
        }
        return handled;
    }

    bool measuring = false;
    std::vector<double> samples;
    double longest = 0;
    double cpu = 0;
    QByteArray slowest;

private:
    int m_depth = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    MeasuringApplication app(argc, argv);
    const int seconds = argc > 1 ? QByteArray(argv[1]).toInt() : 5;
    QTemporaryDir folder;
    qputenv("XDG_STATE_HOME", QFile::encodeName(folder.filePath(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-bench"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.filePath(QStringLiteral("config")));
    theme::apply(app, theme::Mode::Light);
    DashboardOptions options;
    options.workspace = folder.path();
    options.database = folder.filePath(QStringLiteral("q.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    WorkerConfig idle = PoolTest::noop(idleWorkers);
    idle.type = QStringLiteral("plantuml");
    options.pools = {PoolTest::noop(busyWorkers), idle};
    Dashboard dashboard(theme::Mode::Light);
    app.measuring = true;
    dashboard.start(options);
    dashboard.window().resize(1500, 950);
    const auto alive = [&] {
        if (!dashboard.session().isReady())
            return 0;
        const QList<WorkerInfo> workers = dashboard.session().manager()->workers();
        return int(std::count_if(workers.cbegin(), workers.cend(),
                                 [](const WorkerInfo &worker) { return worker.isAlive() && worker.workerId != 0; }));
    };
    if (!QTest::qWaitFor([&] { return alive() == busyWorkers + idleWorkers; }, 60000)) {
        std::printf("only %d workers have registered\n", alive());
        return 1;
    }
    const auto report = [&app](const char *phase) {
        std::sort(app.samples.begin(), app.samples.end());
        const double percentile99 = app.samples.empty()
                                      ? 0
                                      : app.samples[std::size_t(double(app.samples.size() - 1) * 0.99)];
        std::printf("%-22s longest %6.1f ms (CPU %5.1f ms), 99th percentile %5.2f ms, %zu events   [%s]\n", phase,
                    app.longest, app.cpu, percentile99, app.samples.size(), app.slowest.constData());
        std::fflush(stdout);
        const double longest = app.longest;
        app.samples.clear();
        app.longest = app.cpu = 0;
        app.slowest.clear();
        return longest;
    };
    double worst = report("starting 100 workers");
    auto *tabs = dashboard.window().findChild<QTabWidget *>(QStringLiteral("tabs"));
    QElapsedTimer shownFor;
    qint64 completedBefore = 0;
    for (int page = 0; page < tabs->count(); ++page) {
        QList<NewJob> jobs;
        NewJob job;
        job.type = QStringLiteral("noop");
        job.payload = QByteArrayLiteral("{\"sleep_ms\": 0}");
        jobs.fill(job, 3000 * seconds);
        const auto added = dashboard.session().store().addJobs(jobs);
        tabs->setCurrentIndex(page);
        shownFor.start();
        (void)QTest::qWaitFor([&] { return shownFor.elapsed() > seconds * 1000; }, seconds * 2000);
        const auto counts = answerOf(dashboard.session().store().snapshot());
        const qint64 completed = counts ? counts->total().completed : 0;
        std::printf("%lld jobs/s: ", static_cast<long long>((completed - completedBefore) * 1000
                                                            / std::max<qint64>(1, shownFor.elapsed())));
        completedBefore = completed;
        worst = std::max(worst, report(qPrintable(tabs->tabText(page))));
    }
    dashboard.session().end(lifeguard::seconds(0));
    (void)QTest::qWaitFor([&] { return !dashboard.session().hasLiveWorkers(); }, 20000);
    worst = std::max(worst, report("stopping"));
    std::printf("longest event: %.1f ms, limit %.0f ms, ratio %.2f\n", worst, limitMs, worst / limitMs);
    return 0;
}
