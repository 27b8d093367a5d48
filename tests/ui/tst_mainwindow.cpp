// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboardsession.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/mainwindow.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/models/modelroles.h"
#include "ui/models/workersmodel.h"
#include "ui/theme/theme.h"
#include "ui/views/detailpane.h"
#include "ui/views/poolspanel.h"

#include <QApplication>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// The values of one row of the table of workers.
struct WorkerLine
{
    QString id;
    WorkerState state = WorkerState::Starting;
    QString name;
    QString reason;
};

} // namespace

/// Tests the main window with a real store, manager and workers.
class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void launchesKillsAndQuits();
    void showsErrorForRefusedDatabase();
    void readOnlyDisablesCommands();
    void cancelsAndRetriesJobs();
    void cancelsAndRetriesManyJobs();
    void addsFilesWithDialog();
    void reportsInvalidTypeInDialog();
    void shortcutsMoveBetweenPanesAndPages();

private:
    void start(const std::function<void(DashboardOptions &)> &change = {});
    template<typename T>
    T *child(const char *name) const
    {
        return m_window->findChild<T *>(QString::fromLatin1(name));
    }
    QTableView *table(const char *name) const { return child<QTableView>(name); }
    QList<WorkerLine> workers() const;
    int count(WorkerState state) const;
    /// Selects the row, opens its context menu and clicks the action.
    void clickMenuAction(QTableView *view, int row, const char *action);
    void addNoopJobs(int number, int sleepMs);
    bool isReady() const { return child<QPushButton>("launchPoolButton")->isEnabled(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<DashboardSession> m_session;
    std::unique_ptr<MainWindow> m_window;
};

void TestMainWindow::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    theme::apply(*qApp, theme::Mode::Light);
    QVERIFY2(QFile::exists(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker")), "lifeguard-worker is not built");
}

void TestMainWindow::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder->filePath(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder->filePath(QStringLiteral("config")));
}

void TestMainWindow::cleanup()
{
    if (m_session && m_session->hasLiveWorkers()) {
        m_session->end(seconds(0));
        EVENTUALLY(!m_session->hasLiveWorkers());
    }
    m_window.reset();
    m_session.reset();
}

void TestMainWindow::start(const std::function<void(DashboardOptions &)> &change)
{
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = m_folder->filePath(QStringLiteral("clx_jobs.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    if (change) {
        change(options);
    }
    m_session = std::make_unique<DashboardSession>(options);
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_session->open();
}

QList<WorkerLine> TestMainWindow::workers() const
{
    QList<WorkerLine> lines;
    const QAbstractItemModel *model = table("workersView")->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        const QModelIndex index = model->index(row, 0);
        lines.append({index.data(KeyRole).toString(), WorkerState(index.data(StateRole).toInt()),
                      model->index(row, WorkersModel::NameColumn).data().toString(),
                      model->index(row, WorkersModel::ReasonColumn).data().toString()});
    }
    return lines;
}

int TestMainWindow::count(WorkerState state) const
{
    const QList<WorkerLine> lines = workers();
    return int(
        std::count_if(lines.cbegin(), lines.cend(), [state](const WorkerLine &line) { return line.state == state; }));
}

void TestMainWindow::clickMenuAction(QTableView *view, int row, const char *action)
{
    view->setFocus();
    view->selectRow(row);
    const QPoint position = view->visualRect(view->model()->index(row, 1)).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, position, view->viewport()->mapToGlobal(position));
    QApplication::sendEvent(view->viewport(), &event);
    auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
    QVERIFY(menu);
    QVERIFY(QTest::qWaitForWindowExposed(menu));
    auto *chosen = menu->findChild<QAction *>(QString::fromLatin1(action));
    QVERIFY(chosen);
    QVERIFY2(chosen->isEnabled(), qPrintable(chosen->text()));
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(chosen).center());
}

void TestMainWindow::addNoopJobs(int number, int sleepMs)
{
    QList<NewJob> jobs;
    for (int i = 0; i < number; ++i) {
        NewJob job;
        job.type = QStringLiteral("noop");
        job.payload = QStringLiteral("{\"sleep_ms\": %1}").arg(sleepMs).toUtf8();
        jobs.append(job);
    }
    auto added = m_session->store().addJobs(jobs);
    EVENTUALLY(added.isFinished());
    QVERIFY(added.result().has_value());
}

void TestMainWindow::launchesKillsAndQuits()
{
    start();
    EVENTUALLY(isReady());

    // Launch a pool with the dialog.
    QTest::mouseClick(child<QPushButton>("launchPoolButton"), Qt::LeftButton);
    EVENTUALLY(child<QDialog>("launchPoolsDialog") && child<QDialog>("launchPoolsDialog")->isVisible());
    child<QComboBox>("launchType")->setCurrentText(QStringLiteral("noop"));
    child<QSpinBox>("launchCount")->setValue(2);
    QTest::mouseClick(child<QPushButton>("launchButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(count(WorkerState::Idle), 2, patience);
    EVENTUALLY(!child<QDialog>("launchPoolsDialog"));

    // The workers become busy.
    addNoopJobs(6, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(count(WorkerState::Busy), 2, patience);

    // Kill a worker with its context menu. The default button is Cancel.
    const WorkerLine victim = workers().constFirst();
    clickMenuAction(table("workersView"), 0, "killWorkerAction");
    EVENTUALLY(child<QMessageBox>("killConfirmation") && child<QMessageBox>("killConfirmation")->isVisible());
    auto *confirmation = child<QMessageBox>("killConfirmation");
    QCOMPARE(confirmation->defaultButton(), confirmation->button(QMessageBox::Cancel));
    QVERIFY2(confirmation->informativeText().contains(QStringLiteral("job")),
             qPrintable(confirmation->informativeText()));
    QTest::mouseClick(child<QPushButton>("killButton"), Qt::LeftButton);

    // The worker is dead, with the reason, and is replaced by a worker that becomes busy.
    const auto victimNow = [&] {
        const QList<WorkerLine> lines = workers();
        const auto found = std::find_if(lines.cbegin(), lines.cend(),
                                        [&](const WorkerLine &line) { return line.id == victim.id; });
        return found == lines.cend() ? WorkerLine() : *found;
    };
    EVENTUALLY(victimNow().state == WorkerState::Dead);
    QVERIFY2(victimNow().reason.contains(QStringLiteral("kill"), Qt::CaseInsensitive), qPrintable(victimNow().reason));
    QTRY_COMPARE_WITH_TIMEOUT(count(WorkerState::Busy), 2, patience);

    // Quitting needs a confirmation; Cancel keeps the window open.
    m_window->close();
    EVENTUALLY(child<QMessageBox>("quitConfirmation") && child<QMessageBox>("quitConfirmation")->isVisible());
    confirmation = child<QMessageBox>("quitConfirmation");
    QCOMPARE(confirmation->defaultButton(), confirmation->button(QMessageBox::Cancel));
    QTest::mouseClick(confirmation->button(QMessageBox::Cancel), Qt::LeftButton);
    EVENTUALLY(!child<QMessageBox>("quitConfirmation"));
    QVERIFY(m_window->isVisible());
    QCOMPARE(count(WorkerState::Busy), 2);

    // Quit and stop the workers, then kill them, because their jobs take long.
    QList<qint64> pids;
    for (const WorkerInfo &worker : m_session->manager()->workers()) {
        if (worker.isAlive()) {
            pids.append(worker.pid);
        }
    }
    QCOMPARE(pids.size(), 2);
    m_window->close();
    EVENTUALLY(child<QPushButton>("quitAndStopButton") && child<QPushButton>("quitAndStopButton")->isVisible());
    QTest::mouseClick(child<QPushButton>("quitAndStopButton"), Qt::LeftButton);
    EVENTUALLY(child<QPushButton>("killNowButton")->isVisible());
    QVERIFY(m_window->isVisible());
    QCOMPARE(child<QLabel>("overallLabel")->text(), QStringLiteral("Stopping…"));
    QTest::mouseClick(child<QPushButton>("killNowButton"), Qt::LeftButton);
    EVENTUALLY(!m_window->isVisible());
    for (const qint64 pid : std::as_const(pids)) {
        QVERIFY(::kill(pid_t(pid), 0) != 0);
    }
}

void TestMainWindow::showsErrorForRefusedDatabase()
{
    const QString path = m_folder->filePath(QStringLiteral("notes.db"));
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("these are notes, not a database\n").repeated(100));
    }
    start([&](DashboardOptions &options) { options.database = path; });
    EVENTUALLY(child<QWidget>("messageBar")->isVisible());
    QVERIFY2(child<QLabel>("messageBarText")->text().contains(QStringLiteral("notes.db")),
             qPrintable(child<QLabel>("messageBarText")->text()));
    auto *launch = child<QPushButton>("launchPoolButton");
    QVERIFY(!launch->isEnabled());
    QVERIFY(!launch->toolTip().isEmpty());
    QTest::mouseClick(child<QWidget>("messageBarClose"), Qt::LeftButton);
    QVERIFY(!child<QWidget>("messageBar")->isVisible());
    m_window->close();
    QVERIFY(!m_window->isVisible());
}

void TestMainWindow::readOnlyDisablesCommands()
{
    start();
    EVENTUALLY(isReady());
    addNoopJobs(3, 0);
    cleanup();
    start([](DashboardOptions &options) { options.readOnly = true; });
    QTRY_COMPARE_WITH_TIMEOUT(table("jobsView")->model()->rowCount(), 3, patience);
    QVERIFY(!isReady());
    QVERIFY(!child<QPushButton>("addJobsButton")->isEnabled());
    QVERIFY(child<QPushButton>("addJobsButton")->toolTip().contains(QStringLiteral("read-only")));
}

void TestMainWindow::cancelsAndRetriesJobs()
{
    start();
    EVENTUALLY(isReady());
    addNoopJobs(2, 0);
    auto *tabs = child<QTabWidget>("tabs");
    tabs->setCurrentIndex(1);
    QTableView *jobs = table("jobsView");
    QTRY_COMPARE_WITH_TIMEOUT(jobs->model()->rowCount(), 2, patience);
    const qint64 id = jobs->model()->index(0, 0).data(KeyRole).toLongLong();
    const auto status = [&] {
        for (int row = 0; row < jobs->model()->rowCount(); ++row) {
            if (jobs->model()->index(row, 0).data(KeyRole).toLongLong() == id) {
                return jobs->model()->index(row, 0).data(StateRole).toInt();
            }
        }
        return -1;
    };
    clickMenuAction(jobs, 0, "cancelJobAction");
    QTRY_COMPARE_WITH_TIMEOUT(status(), int(JobStatus::Cancelled), patience);
    const QModelIndexList selected = jobs->selectionModel()->selectedRows();
    QCOMPARE(selected.size(), 1);
    QCOMPARE(selected.first().data(KeyRole).toLongLong(), id); // the job is still selected
    clickMenuAction(jobs, selected.first().row(), "retryJobAction");
    QTRY_COMPARE_WITH_TIMEOUT(status(), int(JobStatus::Pending), patience);

    child<QComboBox>("jobStatusFilter")->setCurrentIndex(1 + int(JobStatus::Failed));
    QTRY_COMPARE_WITH_TIMEOUT(jobs->model()->rowCount(), 0, patience);
    child<QComboBox>("jobStatusFilter")->setCurrentIndex(0);
    QTRY_COMPARE_WITH_TIMEOUT(jobs->model()->rowCount(), 2, patience);
}

void TestMainWindow::cancelsAndRetriesManyJobs()
{
    start();
    EVENTUALLY(isReady());
    addNoopJobs(600, 0);
    child<QTabWidget>("tabs")->setCurrentIndex(1);
    QTableView *jobs = table("jobsView");
    QTRY_COMPARE_WITH_TIMEOUT(jobs->model()->rowCount(), 600, patience);
    const auto inState = [this](JobStatus status) {
        JobFilter filter;
        filter.status = status;
        const auto found = m_session->store().jobs(filter);
        return QTest::qWaitFor([&] { return found.isFinished(); }, patience) && found.result()
                 ? int(found.result()->size())
                 : -1;
    };
    // Cancel all jobs, including those that were never visible, after a confirmation.
    jobs->selectAll();
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {}, jobs->mapToGlobal(QPoint(0, 0)));
    QApplication::sendEvent(jobs->viewport(), &event);
    QVERIFY(child<QMenu>("jobsViewMenu"));
    auto *cancel = child<QMenu>("jobsViewMenu")->findChild<QAction *>(QStringLiteral("cancelJobAction"));
    QCOMPARE(cancel->text(), QStringLiteral("Cancel all 600 waiting jobs"));
    child<QMenu>("jobsViewMenu")->close();
    cancel->trigger();
    EVENTUALLY(child<QPushButton>("cancelJobsButton") && child<QPushButton>("cancelJobsButton")->isVisible());
    QCOMPARE(inState(JobStatus::Pending), 600);
    QTest::mouseClick(child<QPushButton>("cancelJobsButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(inState(JobStatus::Cancelled), 600, patience);
    // Retry all matching jobs with the menu of a single row.
    child<QComboBox>("jobStatusFilter")->setCurrentIndex(1 + int(JobStatus::Cancelled));
    EVENTUALLY(jobs->model()->index(0, 0).data(StateRole).toInt() == int(JobStatus::Cancelled));
    QTRY_COMPARE_WITH_TIMEOUT(child<QLabel>("jobsFooter")->text(), QStringLiteral("600 of 600 jobs"), patience);
    clickMenuAction(jobs, 1, "retryAllAction");
    QTRY_COMPARE_WITH_TIMEOUT(inState(JobStatus::Pending), 600, patience);
}

void TestMainWindow::addsFilesWithDialog()
{
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("diagrams")));
    for (const char *name : {"diagrams/one.puml", "diagrams/two.puml", "diagrams/readme.xyz"}) {
        QFile file(m_folder->filePath(QString::fromLatin1(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("@startuml\nA -> B\n@enduml\n");
    }
    start();
    EVENTUALLY(isReady());
    QTest::mouseClick(child<QPushButton>("addJobsButton"), Qt::LeftButton);
    EVENTUALLY(child<AddJobsDialog>("addJobsDialog") && child<AddJobsDialog>("addJobsDialog")->isVisible());
    auto *add = child<QPushButton>("addButton");
    QVERIFY(!add->isEnabled());
    child<AddJobsDialog>("addJobsDialog")->addPaths({m_folder->filePath(QStringLiteral("diagrams"))});
    EVENTUALLY(add->isEnabled());
    QCOMPARE(add->text(), QStringLiteral("Add 2 jobs"));
    QTest::mouseClick(add, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(table("jobsView")->model()->rowCount(), 2, patience);
}

void TestMainWindow::reportsInvalidTypeInDialog()
{
    start();
    EVENTUALLY(isReady());
    QTest::mouseClick(child<QPushButton>("launchPoolButton"), Qt::LeftButton);
    EVENTUALLY(child<QDialog>("launchPoolsDialog") && child<QDialog>("launchPoolsDialog")->isVisible());
    child<QComboBox>("launchType")->setCurrentText(QStringLiteral("mine"));
    QTest::mouseClick(child<QPushButton>("launchButton"), Qt::LeftButton);
    QVERIFY(child<QDialog>("launchPoolsDialog")->isVisible());
    QVERIFY(child<QLabel>("error_type")->isVisible());
    QVERIFY(m_session->manager()->pools().isEmpty());
    child<QDialog>("launchPoolsDialog")->reject();
}

void TestMainWindow::shortcutsMoveBetweenPanesAndPages()
{
    start();
    EVENTUALLY(isReady());
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    auto *tabs = child<QTabWidget>("tabs");
    for (const int page : {1, 2, 0}) {
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(tabs->currentIndex(), page);
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(QApplication::focusWidget());
        QVERIFY(tabs->currentWidget()->isAncestorOf(QApplication::focusWidget()));
        QVERIFY(qobject_cast<QLineEdit *>(QApplication::focusWidget()));
    }
    // F6 leads from the table to the details, to the pools, and back to the table.
    QTest::keyClick(m_window.get(), Qt::Key_F6);
    QVERIFY(m_window->findChild<DetailPane *>()->isAncestorOf(QApplication::focusWidget()));
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(QApplication::focusWidget()->objectName(), QStringLiteral("logSearch"));
    QTest::keyClick(m_window.get(), Qt::Key_F6);
    QVERIFY(m_window->findChild<PoolsPanel *>()->isAncestorOf(QApplication::focusWidget()));
    QTest::keyClick(m_window.get(), Qt::Key_F6);
    QVERIFY(tabs->isAncestorOf(QApplication::focusWidget()));
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
