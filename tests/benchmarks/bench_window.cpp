// SPDX-License-Identifier: GPL-3.0-or-later
// How long the window's thread is away: 100 workers, 4 of them busy at full speed, each page shown for some seconds.
//   xvfb-run -a build/release/bin/bench_window [SECONDS]
// Measured is every event that the thread handles, from its begin to its end (wall time, and the processor's time, since a
// machine with more busy programs than cores also takes the processor away in the middle).
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"

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

double processorMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

/// Notes how long each event takes that is not handled within another one.
class MeasuringApplication : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject *receiver, QEvent *event) override
    {
        if (!measuring || QThread::currentThread() != thread() || m_depth > 0) // the store's threads come by here too
            return QApplication::notify(receiver, event);
        const QByteArray what = QByteArray(receiver->metaObject()->className()) + " #" + receiver->objectName().toUtf8() + " event " + QByteArray::number(int(event->type()));
        ++m_depth;
        QElapsedTimer timer;
        timer.start();
        const double before = processorMs();
        const bool handled = QApplication::notify(receiver, event);
        const double wall = double(timer.nsecsElapsed()) / 1e6;
        --m_depth;
        samples.push_back(wall);
        processor = std::max(processor, processorMs() - before);
        if (wall > longest) {
            longest = wall;
            slowest = what;
        }
        return handled;
    }

    bool measuring = false;
    std::vector<double> samples;
    double longest = 0;
    double processor = 0;
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
    SessionOptions options;
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
        return int(std::count_if(workers.cbegin(), workers.cend(), [](const WorkerInfo &worker) { return worker.isAlive() && worker.workerId != 0; }));
    };
    if (!QTest::qWaitFor([&] { return alive() == busyWorkers + idleWorkers; }, 60000)) {
        std::printf("only %d workers came\n", alive());
        return 1;
    }
    const auto report = [&app](const char *what) {
        std::sort(app.samples.begin(), app.samples.end());
        const double share = app.samples.empty() ? 0 : app.samples[std::size_t(double(app.samples.size() - 1) * 0.99)];
        std::printf("%-22s longest %6.1f ms (processor %5.1f ms), 99th percentile %5.2f ms, %zu events   [%s]\n", what, app.longest, app.processor, share,
                    app.samples.size(), app.slowest.constData());
        std::fflush(stdout);
        const double longest = app.longest;
        app.samples.clear();
        app.longest = app.processor = 0;
        app.slowest.clear();
        return longest;
    };
    double worst = report("starting 100 workers");
    auto *tabs = dashboard.window().findChild<QTabWidget *>(QStringLiteral("tabs"));
    QElapsedTimer lasting;
    qint64 done = 0;
    for (int page = 0; page < tabs->count(); ++page) {
        QList<NewJob> jobs;
        NewJob job;
        job.type = QStringLiteral("noop");
        job.payload = QByteArrayLiteral("{\"sleep_ms\": 0}");
        jobs.fill(job, 3000 * seconds);
        const auto added = dashboard.session().store().addJobs(jobs);
        tabs->setCurrentIndex(page);
        lasting.start();
        (void)QTest::qWaitFor([&] { return lasting.elapsed() > seconds * 1000; }, seconds * 2000);
        const auto counts = answerOf(dashboard.session().store().snapshot());
        const qint64 completed = counts ? counts->total().completed : 0;
        std::printf("%lld jobs/s while shown: ", static_cast<long long>((completed - done) * 1000 / std::max<qint64>(1, lasting.elapsed())));
        done = completed;
        worst = std::max(worst, report(qPrintable(tabs->tabText(page))));
    }
    dashboard.session().end(lifeguard::seconds(0));
    (void)QTest::qWaitFor([&] { return !dashboard.session().hasLiveWorkers(); }, 20000);
    worst = std::max(worst, report("stopping"));
    std::printf("longest of all: %.1f ms, limit %.0f ms, ratio %.2f\n", worst, limitMs, worst / limitMs);
    return 0;
}
