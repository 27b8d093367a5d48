// SPDX-License-Identifier: GPL-3.0-or-later
#include "tablebenchmark.h"

#include "eventloopgaps.h"
#include "measuring.h"
#include "places.h"
#include "queuefile.h"

#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "tests/support/pooltest.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"
#include "ui/models/jobcellformatter.h"
#include "ui/models/jobsmodel.h"
#include "ui/theme/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobstableview.h"
#include "ui/views/statusstrip.h"
#include "ui/views/workerspage.h"

#include <QApplication>
#include <QComboBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>

#include <algorithm>

namespace lifeguard::bench {
namespace {

const QString milliseconds = QStringLiteral("ms");
constexpr double blockedMs = 50;
constexpr double blocked99Ms = 16;
constexpr double firstRowsMs = 300;

/// Adds jobs of all types and states, which have ended or are pending, with one statement. They are of the last days:
/// a manager would delete older ones.
void addManyJobs(const QueueFile &queue, int count)
{
    BareConnection connection(queue.path());
    connection.exec(
        QStringLiteral(
            "INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, payload, created_at, "
            "started_at, completed_at, attempts, error) "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
            "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
            "CASE WHEN i % 25 = 3 THEN 'failed' WHEN i % 100 = 4 THEN 'cancelled' WHEN i % 5 = 0 THEN 'pending' "
            "ELSE 'completed' END, "
            "i % 7, printf('/home/anna/course/slides/module_%03d/diagrams/%06d.puml', i % 300, i * 7919 % 1000003), "
            "printf('/home/anna/course/output/module_%03d/%06d.svg', i % 300, i * 7919 % 1000003), printf('%064d', i), "
            "'{\"data\": \"' || hex(zeroblob(150)) || '\"}', datetime('now', printf('-%d seconds', %1 + 3000 - i)), "
            "CASE WHEN i % 5 THEN datetime('now', printf('-%d seconds', %1 + 3000 - i - i % 977)) END, "
            "CASE WHEN i % 5 THEN datetime('now', printf('-%d seconds', %1 + 3000 - i - i % 977 - i % 61)) END, i % 3, "
            "CASE WHEN i % 25 = 3 THEN printf('Syntax error in line %d', i % 400) END FROM n")
            .replace(QStringLiteral("%1"), QString::number(count)));
    connection.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// Returns the milliseconds that a bare query for the first 200 jobs needs: the better of two runs.
Limit bareQuery(const QueueFile &queue, const QString &condition, const QString &order, int offset = 0)
{
    BareConnection connection(queue.path());
    const QString sql = QStringLiteral("SELECT * FROM jobs WHERE id IN (SELECT id FROM jobs WHERE %1 ORDER BY %2 LIMIT "
                                       "200 OFFSET %3)")
                            .arg(condition, order)
                            .arg(offset);
    double best = 0;
    for (int run = 0; run < 2; ++run) {
        const Stopwatch watch;
        BareStatement(connection.handle(), sql).run();
        best = run == 0 ? watch.milliseconds() : std::min(best, watch.milliseconds());
    }
    return {QStringLiteral("bare query"), best};
}

QString all()
{
    return QStringLiteral("TRUE");
}

/// The jobs page of a dashboard, operated as a user does, with a pause before each action, in which the table reads the
/// rows around the visible ones.
class JobsTable
{
public:
    JobsTable(JobsPage &page, double restSeconds)
        : m_restSeconds(restSeconds)
        , m_page(page)
        , m_table(page.findChild<JobsTableView *>(QStringLiteral("jobsView")))
        , m_model(qobject_cast<JobsModel *>(m_table->model()))
    {
    }

    [[nodiscard]] bool hasRows(int count) const { return m_model->rowCount() >= count && isLoaded(0); }
    /// Scrolls to the row. Returns the milliseconds until it is loaded.
    [[nodiscard]] double jump(int row)
    {
        spinFor(m_restSeconds);
        const Stopwatch watch;
        m_table->verticalScrollBar()->setValue(row);
        spinUntil([&] { return isLoaded(row); }, "a row was not loaded");
        return watch.milliseconds();
    }
    [[nodiscard]] double sortBy(JobTableColumn column)
    {
        return load([&] { Q_EMIT m_table->horizontalHeader()->sectionClicked(int(column)); });
    }
    [[nodiscard]] double filterBy(const QString &comboBox, int item)
    {
        return load([&] { m_page.findChild<QComboBox *>(comboBox)->setCurrentIndex(item); });
    }
    [[nodiscard]] double search(const QString &text)
    {
        return load([&] { m_page.findChild<QLineEdit *>()->setText(text); });
    }

private:
    [[nodiscard]] bool isLoaded(int row) const { return m_model->jobAt(row) != nullptr; }
    /// Returns the milliseconds from the action to the rows of the new query.
    [[nodiscard]] double load(const std::function<void()> &action)
    {
        spinFor(m_restSeconds);
        QSignalSpy loaded(m_model, &JobsModel::loaded);
        const Stopwatch watch;
        action();
        spinUntil([&] { return !loaded.isEmpty(); }, "the rows of a query did not arrive");
        return watch.milliseconds();
    }

    const double m_restSeconds;
    JobsPage &m_page;
    JobsTableView *m_table;
    JobsModel *m_model;
};

void addBlocking(Report &report, const QString &name, const EventLoopGaps &gaps)
{
    const QString note = QStringLiteral(
                             "the longest turn used %1 ms of processor time; longer gaps waited for a processor")
                             .arg(gaps.longestProcessorMs(), 0, 'f', 1);
    const auto add = [&](const QString &what, double value, double target) {
        const Target atMost = Target::valueAtMost(target);
        report.add({QStringLiteral("GUI thread blocked, %1: %2").arg(what, name),
                    value,
                    milliseconds,
                    {},
                    atMost,
                    atMost.isMetBy(value) ? QString() : note});
    };
    add(QStringLiteral("longest"), gaps.longestMs(), blockedMs);
    add(QStringLiteral("p99"), gaps.wait99Ms(), blocked99Ms);
}

/// A figure, and the bare query for the same rows. The queries run later: they would block the GUI thread.
struct Figure
{
    QString name;
    double value;
    double targetMs;
    QString condition;
    QString order;
    int offset = 0;
};

void add(Report &report, const QueueFile &queue, const QList<Figure> &figures)
{
    for (const Figure &figure : figures)
        report.add({figure.name,
                    figure.value,
                    milliseconds,
                    bareQuery(queue, figure.condition, figure.order, figure.offset),
                    Target::valueAtMost(figure.targetMs),
                    {}});
}

QList<Figure> orders(JobsTable &table)
{
    struct Column
    {
        const char *name;
        JobTableColumn column;
        const char *order;
    };
    const Column columns[]{{"id", JobTableColumn::Id, "id DESC"},
                           {"state", JobTableColumn::State, "status, id"},
                           {"type", JobTableColumn::Type, "job_type, id"},
                           {"priority", JobTableColumn::Priority, "priority DESC, id DESC"},
                           {"input", JobTableColumn::Input, "input_file, id"},
                           {"output", JobTableColumn::Output, "output_file, id"},
                           {"attempts", JobTableColumn::Attempts, "attempts DESC, id DESC"},
                           {"worker", JobTableColumn::Worker, "worker_id, id"},
                           {"waiting", JobTableColumn::Waiting,
                            "julianday(started_at) - julianday(created_at) DESC, id"},
                           {"running", JobTableColumn::Running,
                            "julianday(completed_at) - julianday(started_at) DESC, id"},
                           {"added", JobTableColumn::Added, "created_at DESC, id DESC"},
                           {"error", JobTableColumn::Error, "error, id"}};
    constexpr double byIdMs = 50;
    constexpr double byOtherMs = 500;
    QList<Figure> figures;
    for (const Column &column : columns) {
        const bool isId = column.column == JobTableColumn::Id;
        figures.append({QStringLiteral("order by ") + QLatin1String(column.name), table.sortBy(column.column),
                        isId ? byIdMs : byOtherMs, all(), QLatin1String(column.order)});
    }
    return figures;
}

QList<Figure> filters(JobsTable &table)
{
    constexpr double targetMs = 500;
    constexpr int failedItem = 4; // after "all", pending, processing and completed
    const QString status = QStringLiteral("jobStatusFilter");
    const QString type = QStringLiteral("jobTypeFilter");
    const QString text = QStringLiteral("module_299/diagrams/0000");
    const QString contains = QStringLiteral(
        "input_file LIKE '%TEXT%' OR output_file LIKE '%TEXT%' OR error LIKE '%TEXT%'");
    const QString newest = QStringLiteral("id DESC");
    QList<Figure> figures;
    (void)table.sortBy(JobTableColumn::Id);
    figures.append({QStringLiteral("filter by state"), table.filterBy(status, failedItem), targetMs,
                    QStringLiteral("status = 'failed'"), newest});
    (void)table.filterBy(status, 0);
    figures.append({QStringLiteral("filter by type"), table.filterBy(type, 1), targetMs,
                    QStringLiteral("job_type = 'drawio'"), newest});
    (void)table.filterBy(type, 0);
    figures.append({QStringLiteral("search for a text"), table.search(text), targetMs,
                    QString(contains).replace(QLatin1String("TEXT"), text), newest});
    return figures;
}

/// Ends the workers of the dashboard, if it has any.
void end(Dashboard &dashboard)
{
    dashboard.session().end(lifeguard::seconds(0));
    spinUntil([&] { return !dashboard.session().hasLiveWorkers(); }, "the workers did not end");
}

/// Measures a table of its own, on a store of its own: a store serves one table.
void measureFirstRows(Report &report, const QueueFile &queue, int jobs)
{
    Store store;
    if (!test::answerOf(store.open(queue.path(), OpenMode::ReadWrite)))
        qFatal("the database cannot be opened");
    JobsPage page;
    page.resize(1500, 950);
    page.show();
    spinFor(0.5);
    const Stopwatch watch;
    page.setSource(jobSourceOf(store));
    const JobsTable table(page, 0);
    spinUntil([&] { return table.hasRows(jobs); }, "the first rows did not appear");
    report.add({QStringLiteral("first rows of the table"),
                watch.milliseconds(),
                milliseconds,
                bareQuery(queue, all(), QStringLiteral("id DESC")),
                Target::valueAtMost(firstRowsMs),
                {}});
}

void measureJobs(Report &report, int jobs, double restSeconds)
{
    constexpr double dashboardMs = 500;
    QueueFile queue;
    const Stopwatch writing;
    addManyJobs(queue, jobs);
    report.setting(QStringLiteral("jobs"), QStringLiteral("%1, %2 MB, written in %3 s")
                                               .arg(jobs)
                                               .arg(QFileInfo(queue.path()).size() / 1000000)
                                               .arg(writing.seconds(), 0, 'f', 1));
    const Limit firstPage = bareQuery(queue, all(), QStringLiteral("id DESC"));
    DashboardOptions options;
    options.workspace = queue.folder();
    options.database = queue.path();
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    const auto openDashboard = [&options, jobs](Dashboard &dashboard) {
        const Stopwatch watch;
        dashboard.start(options);
        dashboard.window().resize(1500, 950);
        auto *tabs = dashboard.window().findChild<QTabWidget *>(QStringLiteral("tabs"));
        auto *page = dashboard.window().findChild<JobsPage *>();
        tabs->setCurrentWidget(page);
        const JobsTable table(*page, 0);
        spinUntil([&] { return table.hasRows(jobs); }, "the first rows did not appear");
        return watch.milliseconds();
    };
    {
        Dashboard first(theme::Mode::Light); // loads fonts and fills caches
        (void)openDashboard(first);
        end(first);
    }
    Dashboard dashboard(theme::Mode::Light);
    report.add({QStringLiteral("first rows, from the start of the dashboard, warm"),
                openDashboard(dashboard),
                milliseconds,
                firstPage,
                Target::valueAtMost(dashboardMs),
                {}});
    measureFirstRows(report, queue, jobs);
    EventLoopGaps gaps;
    gaps.restart();
    JobsTable shown(*dashboard.window().findChild<JobsPage *>(), restSeconds);
    const QString newest = QStringLiteral("id DESC");
    QList<Figure> figures{
        {QStringLiteral("first jump, to the middle"), shown.jump(jobs / 2), firstRowsMs, all(), newest, jobs / 2}};
    figures.append({QStringLiteral("next jump"), shown.jump(jobs / 3), firstRowsMs, all(), newest, jobs / 3});
    figures += orders(shown); // without a filter
    figures += filters(shown);
    addBlocking(report, QStringLiteral("jobs"), gaps);
    add(report, queue, figures);
    end(dashboard);
}

QList<WorkerInfo> changingWorkers(int count, int second)
{
    QList<WorkerInfo> workers;
    for (int i = 0; i < count; ++i) {
        WorkerInfo worker;
        worker.type = QStringLiteral("noop");
        worker.executorId = QStringLiteral("direct-noop-%1-aaaaaaaa").arg(i);
        worker.workerId = i + 1;
        worker.pool = worker.type;
        worker.index = i;
        worker.mode = QStringLiteral("direct");
        worker.own = true;
        worker.state = (i + second) % 2 == 0 ? WorkerState::Busy : WorkerState::Idle;
        worker.pid = 5000 + i;
        worker.jobId = worker.state == WorkerState::Busy ? second * count + i : 0;
        worker.cpuPercent = (i * 7 + second * 13) % 100;
        worker.memoryBytes = 10'000'000 + (i + second) * 4096;
        worker.jobsDone = second + i;
        worker.startedAt = QDateTime::currentDateTimeUtc().addSecs(-60);
        worker.beatAge = lifeguard::milliseconds((i * 31 + second * 17) % 1000);
        workers.append(worker);
    }
    return workers;
}

void measureWorkers(Report &report, int count, int seconds)
{
    report.setting(QStringLiteral("changing workers"), QStringLiteral("%1, for %2 s").arg(count).arg(seconds));
    WorkersPage page;
    StatusStrip strip;
    page.resize(1500, 950);
    page.setWorkers(changingWorkers(count, 0));
    page.show();
    strip.show();
    spinFor(0.5);
    EventLoopGaps gaps;
    gaps.restart();
    for (int second = 1; second <= seconds; ++second) {
        const QList<WorkerInfo> workers = changingWorkers(count, second);

        QMetaObject::invokeMethod(
            &page,
            [&] {
                page.setWorkers(workers);
                strip.setWorkers(workers);
            },
            Qt::QueuedConnection);
        spinFor(1);
    }
    addBlocking(report, QStringLiteral("%1 changing workers").arg(count), gaps);
}

/// Measures the dashboard with real workers, some of which finish jobs as fast as they can, page by page.
void measureBusyPages(Report &report, const Sizes &sizes)
{
    const int busy = sizes.choose(4, 1);
    const int idle = sizes.choose(96, 2);
    const double secondsPerPage = sizes.choose(4.0, 0.3);
    const QTemporaryDir folder;
    DashboardOptions options;
    options.workspace = folder.path();
    options.database = folder.filePath(QStringLiteral("q.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    WorkerConfig idlePool = test::PoolTest::noop(idle);
    idlePool.type = QStringLiteral("plantuml");
    options.pools = {test::PoolTest::noop(busy), idlePool};
    report.setting(
        QStringLiteral("working dashboard"),
        QStringLiteral("%1 busy and %2 idle workers, each page for %3 s").arg(busy).arg(idle).arg(secondsPerPage));
    Dashboard dashboard(theme::Mode::Light);
    EventLoopGaps gaps;
    gaps.restart();
    dashboard.start(options);
    dashboard.window().resize(1500, 950);
    const auto alive = [&] {
        if (!dashboard.session().isReady())
            return 0;
        const QList<WorkerInfo> workers = dashboard.session().manager()->workers();
        return int(std::count_if(workers.cbegin(), workers.cend(),
                                 [](const WorkerInfo &worker) { return worker.isAlive() && worker.workerId != 0; }));
    };
    spinUntil([&] { return alive() == busy + idle; }, "the workers did not register");
    addBlocking(report, QStringLiteral("starting %1 workers").arg(busy + idle), gaps);
    auto *tabs = dashboard.window().findChild<QTabWidget *>(QStringLiteral("tabs"));
    NewJob job;
    job.type = QStringLiteral("noop");
    const QList<NewJob> jobs(sizes.choose(12000, 100), job);
    for (int page = 0; page < tabs->count(); ++page) {
        const auto added = dashboard.session().store().addJobs(jobs);
        tabs->setCurrentIndex(page);
        gaps.restart();
        spinFor(secondsPerPage);
        addBlocking(report, QStringLiteral("page %1 with busy workers").arg(page + 1), gaps);
    }
    end(dashboard);
}

} // namespace

void measureTables(Report &report, const Sizes &sizes)
{
    const QTemporaryDir folder;
    qputenv("XDG_STATE_HOME", QFile::encodeName(folder.filePath(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-bench"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.filePath(QStringLiteral("config")));
    theme::apply(*qApp, theme::Mode::Light);
    report.setting(QStringLiteral("platform"), QGuiApplication::platformName());
    measureJobs(report, sizes.choose(1000000, 2000), sizes.choose(2.0, 0.05));
    measureWorkers(report, sizes.choose(1000, 20), sizes.choose(15, 1));
    measureBusyPages(report, sizes);
}

} // namespace lifeguard::bench
