// SPDX-License-Identifier: GPL-3.0-or-later
// Saves screenshots of the window in its main states, light and dark, with real workers and files. They are written to
// screenshots/ in the build folder, for visual inspection. The test only checks that each state is reached and that no
// picture is blank.
#include "core/model/job.h"
#include "core/model/poolinfo.h"
#include "core/model/poolstate.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/longtests.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/models/modelroles.h"
#include "ui/models/workersmodel.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPixmap>
#include <QPushButton>
#include <QSet>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr qint64 manyJobs = 1'000'000;
constexpr int manyWorkers = 1000;

QString copySamples(const QString &workspace)
{
    const QDir from(QStringLiteral(LIFEGUARD_SOURCE_DIR "/resources/sample/diagrams"));
    const QString folder = workspace + QStringLiteral("/diagrams");
    QDir().mkpath(folder);
    for (const QString &name : from.entryList(QDir::Files))
        QFile::copy(from.filePath(name), folder + u'/' + name);
    return folder;
}

} // namespace

class TestScreenshots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void empty_data() { themes(); }
    void empty();
    void running_data() { themes(); }
    void running();
    void problems_data() { themes(); }
    void problems();
    void thousandWorkers_data() { themesOfLargeStates(); }
    void thousandWorkers();
    void millionJobs_data() { themesOfLargeStates(); }
    void millionJobs();
    void refusedDatabase_data() { themes(); }
    void refusedDatabase();

private:
    static void themes()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("light") << QStringLiteral("light");
        QTest::newRow("dark") << QStringLiteral("dark");
    }
    /// Creating the data of these states takes long, so a short run shows them in one theme only.
    static void themesOfLargeStates()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("light") << QStringLiteral("light");
        if (isLongRun())
            QTest::newRow("dark") << QStringLiteral("dark");
    }
    void start(const QString &database, const QList<WorkerConfig> &pools = {}, const QStringList &submit = {},
               const QSize &size = {1280, 800});
    void saveScreenshot(const QString &state);
    template<typename T>
    T *child(const char *name) const
    {
        return m_dashboard->window().findChild<T *>(QString::fromLatin1(name));
    }
    QAbstractItemModel *workers() const { return child<QTableView>("workersView")->model(); }
    int shown(WorkerState state) const
    {
        int count = 0;
        for (int row = 0; row < workers()->rowCount(); ++row)
            count += WorkerState(workers()->index(row, 0).data(StateRole).toInt()) == state;
        return count;
    }
    void showPage(int index) { child<QTabWidget>("tabs")->setCurrentIndex(index); }
    QString path(const QString &name) const { return m_folder->filePath(name); }

    QTemporaryDir m_files; ///< shared by all data rows, so that large databases are created only once
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
    QString m_theme;
};

void TestScreenshots::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_files.filePath(QStringLiteral("config")));
    QVERIFY(QDir().mkpath(QStringLiteral(LIFEGUARD_BUILD_DIR "/screenshots")));
}

void TestScreenshots::cleanup()
{
    if (m_dashboard && m_dashboard->session().hasLiveWorkers()) {
        m_dashboard->session().end(seconds(0));
        EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    }
    m_dashboard.reset();
    m_folder.reset();
}

void TestScreenshots::start(const QString &database, const QList<WorkerConfig> &pools, const QStringList &submit,
                            const QSize &size)
{
    QFETCH(QString, name);
    m_theme = name;
    QSettings().clear();
    const theme::Mode mode = *theme::modeFromString(name);
    theme::apply(*qApp, mode);
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = database;
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.pools = pools;
    options.submit = submit;
    m_dashboard = std::make_unique<Dashboard>(mode);
    m_dashboard->start(options);
    m_dashboard->window().resize(size);
    QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
    EVENTUALLY(m_dashboard->session().isReady() || m_dashboard->session().hasFailed());
}

void TestScreenshots::saveScreenshot(const QString &state)
{
    QCoreApplication::processEvents();
    const QPixmap picture = m_dashboard->window().grab();
    QVERIFY(picture.save(QStringLiteral(LIFEGUARD_BUILD_DIR "/screenshots/%1-%2.png").arg(state, m_theme)));
    // The picture is not blank: text and lines have many colours.
    const QImage image = picture.toImage();
    QSet<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3)
            colors.insert(image.pixel(x, y));
    }
    QVERIFY2(colors.size() > 40, qPrintable(QString::number(colors.size())));
    const bool dark = qGray(image.pixel(image.width() / 2, image.height() - 4)) < 128;
    QCOMPARE(dark, m_theme == QStringLiteral("dark"));
}

void TestScreenshots::empty()
{
    m_folder = std::make_unique<QTemporaryDir>();
    start(path(QStringLiteral("clx_jobs.db")));
    saveScreenshot(QStringLiteral("empty"));
    showPage(1);
    saveScreenshot(QStringLiteral("empty-jobs"));
}

void TestScreenshots::running()
{
    m_folder = std::make_unique<QTemporaryDir>();
    WorkerConfig plantuml = PoolTest::noop(2);
    plantuml.type = QStringLiteral("plantuml");
    const QString folder = copySamples(m_folder->path());
    start(path(QStringLiteral("clx_jobs.db")), {plantuml, PoolTest::noop(3)}, {folder});
    QList<NewJob> jobs;
    NewJob job;
    job.type = QStringLiteral("noop");
    job.payload = QByteArrayLiteral("{\"sleep_ms\": 4000}");
    jobs.fill(job, 12);
    QVERIFY(answerOf(m_dashboard->session().store().addJobs(jobs)));
    EVENTUALLY(shown(WorkerState::Busy) >= 3);
    QTRY_VERIFY_WITH_TIMEOUT(answerOf(m_dashboard->session().store().snapshot())->total().completed >= 6, 60000);
    EVENTUALLY(shown(WorkerState::Busy) >= 3);
    saveScreenshot(QStringLiteral("running"));
    showPage(1);
    EVENTUALLY(child<QTableView>("jobsView")->model()->rowCount() >= 12);
    QTest::qWait(600); // until the page has been read and painted
    saveScreenshot(QStringLiteral("running-jobs"));
    showPage(2);
    QTest::qWait(600);
    saveScreenshot(QStringLiteral("running-events"));
}

void TestScreenshots::problems()
{
    m_folder = std::make_unique<QTemporaryDir>();
    WorkerConfig crashing = PoolTest::noop(1);
    crashing.type = QStringLiteral("drawio");
    crashing.command = {QStringLiteral("/bin/false")};
    write(path(QStringLiteral("broken.puml")), "@startuml\nthis is -> -> no diagram\n@enduml\n");
    WorkerConfig plantuml = PoolTest::noop(1);
    plantuml.type = QStringLiteral("plantuml");
    start(path(QStringLiteral("clx_jobs.db")), {crashing, plantuml, PoolTest::noop(2)},
          {path(QStringLiteral("broken.puml"))});
    NewJob job;
    job.type = QStringLiteral("noop");
    job.payload = QByteArrayLiteral("{\"sleep_ms\": 60000}");
    NewJob crashingJob = job;
    crashingJob.type = QStringLiteral("drawio");
    QVERIFY(answerOf(m_dashboard->session().store().addJobs({job, job, job, crashingJob, crashingJob})));
    EVENTUALLY(shown(WorkerState::Busy) >= 2);
    for (const WorkerInfo &worker : m_dashboard->session().manager()->workers()) {
        if (worker.state == WorkerState::Busy && worker.type == QStringLiteral("noop")) {
            m_dashboard->session().manager()->killWorker(worker.executorId);
            break;
        }
    }
    EVENTUALLY(shown(WorkerState::Dead) >= 2);
    QTRY_VERIFY_WITH_TIMEOUT(answerOf(m_dashboard->session().store().snapshot())->total().failed >= 1, 60000);
    const auto isCrashLooping = [this] {
        const QList<PoolInfo> pools = m_dashboard->session().manager()->pools();
        return std::any_of(pools.cbegin(), pools.cend(),
                           [](const PoolInfo &pool) { return pool.state == PoolState::CrashLooping; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(isCrashLooping(), 60000);
    QTest::qWait(300);
    QVERIFY(child<QLabel>("overallLabel")->text().contains(QStringLiteral("crashing")));
    saveScreenshot(QStringLiteral("problems"));
    showPage(1);
    QTest::qWait(600);
    saveScreenshot(QStringLiteral("problems-jobs"));
}

void TestScreenshots::thousandWorkers()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QString database = path(QStringLiteral("clx_jobs.db"));
    createValidDatabase(database);
    RawSql(database).script(
        QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
                       "INSERT INTO workers (worker_type, container_id, status, started_at, last_heartbeat, "
                       "jobs_processed, cpu_usage, memory_usage, execution_mode) "
                       "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                       "substr('3f9a000000000000' || (i * 7919 + 1000003), -12), CASE i % 4 WHEN 0 THEN 'busy' ELSE "
                       "'idle' END, datetime('now', '-2 hours'), datetime('now'), "
                       "i, (i % 97), 100 + i % 300, 'docker' FROM n")
            .arg(manyWorkers - 1));
    start(database, {}, {}, {1600, 1000});
    QTRY_COMPARE_WITH_TIMEOUT(workers()->rowCount(), manyWorkers, patience);
    QTest::qWait(600);
    saveScreenshot(QStringLiteral("thousand-workers"));
}

void TestScreenshots::millionJobs()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QString database = m_files.filePath(QStringLiteral("million.db"));
    if (!QFile::exists(database)) {
        QVERIFY(Database::open(database, OpenMode::Create));
        RawSql(database).script(
            QStringLiteral(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
                "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, created_at, "
                "started_at, completed_at, attempts, error) "
                "SELECT CASE i % 3 WHEN 0 THEN 'plantuml' WHEN 1 THEN 'notebook' ELSE 'drawio' END, "
                "CASE WHEN i % 50 = 0 THEN 'failed' WHEN i > %2 THEN 'pending' ELSE 'completed' END, "
                "'/courses/unit' || (i / 1000) || '/figure' || i || '.puml', '/courses/output/unit' || (i / 1000) || "
                "'/figure' || i || '.png', "
                "'x', '{}', datetime('now', '-' || ((%1 - i) / 40) || ' seconds'), "
                "CASE WHEN i > %2 AND i % 50 THEN NULL ELSE datetime('now', '-' || ((%1 - i) / 40) || ' seconds') END, "
                "CASE WHEN i > %2 OR i % 50 = 0 THEN NULL ELSE datetime('now', '-' || ((%1 - i) / 40 - 1) || ' "
                "seconds') END, "
                "CASE WHEN i > %2 THEN 0 ELSE 1 END, CASE WHEN i % 50 = 0 THEN 'Syntax error in line 12' END FROM n")
                .arg(manyJobs)
                .arg(manyJobs - 20000));
    }
    start(database, {}, {}, {1600, 1000});
    showPage(1);
    auto *jobs = child<QTableView>("jobsView");
    EVENTUALLY(jobs->model()->rowCount() > 0);
    EVENTUALLY(child<QTabWidget>("tabs")->tabText(1).contains(QStringLiteral("1,000,000")));
    QTest::qWait(1500);
    saveScreenshot(QStringLiteral("million-jobs"));
}

void TestScreenshots::refusedDatabase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write(path(QStringLiteral("notes.db")), "not a database");
    start(path(QStringLiteral("notes.db")));
    QTRY_COMPARE_WITH_TIMEOUT(child<QLabel>("overallLabel")->text(), QStringLiteral("No database"), patience);
    saveScreenshot(QStringLiteral("refused"));
}

QTEST_MAIN(TestScreenshots)
#include "tst_screenshots.moc"
