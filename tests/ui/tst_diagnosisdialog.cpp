// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the diagnosis of a worker: opening it from the table, reading it while findings arrive, copying, refreshing,
// and closing it at any time.
#include "core/health/diagnosisreport.h"
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/dialogs/diagnosisdialog.h"
#include "ui/mainwindow.h"
#include "ui/theme/theme.h"
#include "ui/views/livetable.h"
#include "ui/views/workerspage.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

Diagnosis makeDiagnosis(int threads, bool inProgress)
{
    Diagnosis diagnosis;
    diagnosis.request.worker.executorId = s("direct-noop-0-a");
    diagnosis.request.worker.pool = diagnosis.request.worker.type = s("noop");
    diagnosis.request.worker.state = WorkerState::Busy;
    diagnosis.request.worker.pid = 12;
    diagnosis.at = QDateTime::currentDateTimeUtc();
    diagnosis.visibility = ProcessVisibility::Visible;
    ProcessFacts process;
    process.pid = 12;
    process.name = s("lifeguard-worker");
    process.state = 'T';
    for (int i = 0; i < threads; ++i)
        process.threads.append({12 + i, s("thread"), 'T', {}});
    process.threadCount = threads;
    diagnosis.processes = {process};
    StackTrace stack;
    stack.pid = 12;
    stack.inProgress = inProgress;
    diagnosis.stacks = {stack};
    return diagnosis;
}

} // namespace

class TestDiagnosisDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void keepsPositionWhenFindingsArrive();
    void showsProgress();
    void copiesReport();
    void closesWithEscape();
    void opensFromTable();
    void closesDuringStackTrace();
    void examinesDeadWorker();
    void savesScreenshots_data();
    void savesScreenshots();

private:
    void startDashboard(theme::Mode mode = theme::Mode::Light);
    MainWindow &window() const { return m_dashboard->window(); }
    LiveTable *table() const { return window().findChild<LiveTable *>(s("workersView")); }
    QList<DiagnosisDialog *> openDialogs() const
    {
        return m_dashboard ? window().findChildren<DiagnosisDialog *>() : QList<DiagnosisDialog *>();
    }
    /// Opens the dialog with the context menu of the first row; returns null if it did not open.
    DiagnosisDialog *diagnoseByMenu() const;
    WorkerInfo worker() const;

    QTemporaryDir m_config;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
};

void TestDiagnosisDialog::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    QCoreApplication::setOrganizationName(s("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_config.path());
    theme::apply(*qApp, theme::Mode::Light);
}

void TestDiagnosisDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder->filePath(s("state"))));
}

void TestDiagnosisDialog::cleanup()
{
    if (m_dashboard) {
        if (const WorkerInfo now = worker(); now.pid > 0)
            ::kill(pid_t(now.pid), SIGCONT);
        m_dashboard->session().end(seconds(0));
        EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    }
    m_dashboard.reset();
    m_folder.reset();
}

void TestDiagnosisDialog::startDashboard(theme::Mode mode)
{
    theme::apply(*qApp, mode);
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = m_folder->filePath(s("clx_jobs.db"));
    options.workerProgram = s(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.pools = {PoolTest::noop(1)};
    m_dashboard = std::make_unique<Dashboard>(mode);
    m_dashboard->start(options);
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    EVENTUALLY(m_dashboard->session().isReady());
    NewJob job;
    job.type = s("noop");
    job.payload = QByteArrayLiteral("{\"sleep_ms\": 120000}");
    QVERIFY(answerOf(m_dashboard->session().store().addJobs({job})));
    EVENTUALLY(worker().jobId == 1);
    EVENTUALLY(table()->model()->rowCount() == 1);
    // Not selectRow(), which depends on keyboard modifiers that may remain from the previous test.
    table()->selectionModel()->setCurrentIndex(table()->model()->index(0, 0),
                                               QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

WorkerInfo TestDiagnosisDialog::worker() const
{
    for (const WorkerInfo &worker : m_dashboard->session().manager()->workers()) {
        if (worker.state == WorkerState::Busy || worker.state == WorkerState::Suspect)
            return worker;
    }
    return {};
}

DiagnosisDialog *TestDiagnosisDialog::diagnoseByMenu() const
{
    const QPoint position = table()->visualRect(table()->model()->index(0, 0)).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, position, table()->viewport()->mapToGlobal(position));
    QApplication::sendEvent(table()->viewport(), &event);
    auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
    if (!menu)
        return nullptr;
    for (QAction *action : menu->actions()) {
        if (action->objectName() == s("diagnoseAction") && action->isEnabled() && !action->icon().isNull())
            action->trigger();
    }
    menu->close();
    return openDialogs().value(0);
}

void TestDiagnosisDialog::keepsPositionWhenFindingsArrive()
{
    DiagnosisDialog dialog(makeDiagnosis(0, true).request.worker);
    dialog.resize(600, 300);
    dialog.show();
    QVERIFY(QTest::qWaitForWindowExposed(&dialog));
    auto *view = dialog.findChild<QPlainTextEdit *>(s("diagnosisView"));
    dialog.setDiagnosis(makeDiagnosis(60, true));
    view->verticalScrollBar()->setValue(20);
    QTextCursor cursor = view->textCursor();
    cursor.setPosition(40);
    cursor.setPosition(60, QTextCursor::KeepAnchor);
    view->setTextCursor(cursor);
    view->verticalScrollBar()->setValue(20);
    dialog.setDiagnosis(makeDiagnosis(64, false));
    QVERIFY(view->toPlainText().contains(s("75 thread")));
    QCOMPARE(view->verticalScrollBar()->value(), 20);
    QCOMPARE(view->textCursor().selectionStart(), 40);
    QCOMPARE(view->textCursor().selectionEnd(), 60);
    QVERIFY(view->isReadOnly());
    QVERIFY(QFontInfo(view->font()).fixedPitch());
}

void TestDiagnosisDialog::showsProgress()
{
    DiagnosisDialog dialog(makeDiagnosis(0, true).request.worker);
    QSignalSpy requests(&dialog, &DiagnosisDialog::refreshRequested);
    auto *status = dialog.findChild<QLabel *>(s("diagnosisStatus"));
    auto *refresh = dialog.findChild<QPushButton *>(s("refreshDiagnosisButton"));
    dialog.refresh();
    QCOMPARE(requests.size(), 1);
    QCOMPARE(status->text(), s("Measuring…"));
    QVERIFY(!refresh->isEnabled());
    Diagnosis diagnosis = makeDiagnosis(1, true);
    diagnosis.measuring = true;
    dialog.setDiagnosis(diagnosis);
    QCOMPARE(status->text(), s("Measuring…"));
    dialog.setDiagnosis(makeDiagnosis(1, true));
    QCOMPARE(status->text(), s("Reading the stack…"));
    QVERIFY(!refresh->isEnabled());
    dialog.setDiagnosis(makeDiagnosis(1, false));
    QVERIFY(status->text().startsWith(s("State at ")));
    QVERIFY(refresh->isEnabled());
    refresh->click();
    QCOMPARE(requests.size(), 2);
    QVERIFY(!refresh->isEnabled());
}

void TestDiagnosisDialog::copiesReport()
{
    DiagnosisDialog dialog(makeDiagnosis(0, true).request.worker);
    auto *copy = dialog.findChild<QPushButton *>(s("copyDiagnosisButton"));
    QVERIFY(!copy->isEnabled()); // there is no diagnosis yet
    for (const QPushButton *button : dialog.findChildren<QPushButton *>())
        QVERIFY2(!button->accessibleName().isEmpty() && (button->focusPolicy() & Qt::TabFocus),
                 qPrintable(button->objectName()));
    QVERIFY(!dialog.findChild<QPlainTextEdit *>(s("diagnosisView"))->accessibleName().isEmpty());
    const Diagnosis diagnosis = makeDiagnosis(3, false);
    dialog.setDiagnosis(diagnosis);
    copy->click();
    QCOMPARE(QApplication::clipboard()->text(), diagnosisReport(diagnosis));
    QCOMPARE(dialog.findChild<QLabel *>(s("diagnosisStatus"))->text(), s("Copied"));
}

void TestDiagnosisDialog::closesWithEscape()
{
    auto *dialog = new DiagnosisDialog(makeDiagnosis(0, true).request.worker);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QPointer<DiagnosisDialog> guard(dialog);
    dialog->show();
    QVERIFY(QTest::qWaitForWindowActive(dialog));
    QVERIFY(!dialog->isModal());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    EVENTUALLY(!guard);
}

void TestDiagnosisDialog::opensFromTable()
{
    startDashboard();
    const WorkerInfo busy = worker();
    EVENTUALLY(!m_dashboard->session().manager()->historyOf(busy.executorId).isEmpty());
    QCOMPARE(::kill(pid_t(busy.pid), SIGSTOP), 0);
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    auto *conclusion = dialog->findChild<QLabel *>(s("diagnosisConclusion"));
    QTRY_VERIFY2_WITH_TIMEOUT(conclusion->text().contains(s("Its process was stopped by a signal")),
                              qPrintable(dialog->text()), patience);
    QVERIFY(conclusion->text().contains(s("`kill -CONT %1`").arg(busy.pid)));
    EVENTUALLY(dialog->findChild<QPushButton *>(s("refreshDiagnosisButton"))->isEnabled());
    const QString shown = dialog->findChild<QPlainTextEdit *>(s("diagnosisView"))->toPlainText();
    for (const char *heading :
         {"Worker\n------", "CPU and memory", "Processes\n", "Threads\n", "Open files\n", "Stack of lifeguard-worker"})
        QVERIFY2(shown.contains(s(heading)), heading);
    QVERIFY2(shown.contains(s("minimum ")), "the history of the worker is not shown");
    // The keyboard shortcut shows the same dialog.
    window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
    EVENTUALLY(dialog->isActiveWindow());
    QCOMPARE(openDialogs().size(), 1);
    dialog->close();
    EVENTUALLY(openDialogs().isEmpty());
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(openDialogs().size(), 1, patience);
}

void TestDiagnosisDialog::closesDuringStackTrace()
{
    // A tool that never ends.
    QFile tool(m_folder->filePath(s("eu-stack")));
    QVERIFY(tool.open(QIODevice::WriteOnly) && tool.write("#!/bin/sh\nexec /bin/sleep 1000\n") > 0);
    tool.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    tool.close();
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", QFile::encodeName(m_folder->path()) + ':' + before);
    startDashboard();
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    auto *status = dialog->findChild<QLabel *>(s("diagnosisStatus"));
    QTRY_COMPARE_WITH_TIMEOUT(status->text(), s("Reading the stack…"), patience);
    QVERIFY2(dialog->text().contains(s("Open files")), "the other findings are not shown before the stack trace");
    dialog->close();
    EVENTUALLY(openDialogs().isEmpty());
    dialog = diagnoseByMenu(); // cleanup() destroys the window while this dialog is open
    QVERIFY(dialog);
    qputenv("PATH", before);
}

void TestDiagnosisDialog::examinesDeadWorker()
{
    startDashboard();
    const WorkerInfo busy = worker();
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    auto *refresh = dialog->findChild<QPushButton *>(s("refreshDiagnosisButton"));
    EVENTUALLY(refresh->isEnabled());
    const QString shown = dialog->text();
    ::kill(pid_t(busy.pid), SIGKILL);
    const auto isDead = [&] {
        const auto *page = window().findChild<WorkersPage *>();
        const WorkerInfo *now = page->worker(busy.executorId);
        return now && !now->isAlive();
    };
    EVENTUALLY(isDead());
    QCOMPARE(dialog->text(), shown); // not updated without a click; the text contains its time
    refresh->click();
    QTRY_VERIFY2_WITH_TIMEOUT(dialog->text().contains(s(" and is dead: ")), qPrintable(dialog->text()), patience);
    QVERIFY2(dialog->text().contains(s("SIGKILL")), qPrintable(dialog->text()));
    QVERIFY(refresh->isEnabled());
}

void TestDiagnosisDialog::savesScreenshots_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("light") << s("light");
    QTest::newRow("dark") << s("dark");
}

/// Saves screenshots for visual inspection in screenshots/ of the build folder.
void TestDiagnosisDialog::savesScreenshots()
{
    QFETCH(QString, name);
    startDashboard(*theme::modeFromString(name));
    EVENTUALLY(m_dashboard->session().manager()->historyOf(worker().executorId).size() >= 3);
    ::kill(pid_t(worker().pid), SIGSTOP);
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    EVENTUALLY(dialog->findChild<QPushButton *>(s("refreshDiagnosisButton"))->isEnabled());
    QVERIFY(QDir().mkpath(s(LIFEGUARD_BUILD_DIR "/screenshots")));
    QVERIFY(dialog->grab().save(s(LIFEGUARD_BUILD_DIR "/screenshots/diagnosis-%1.png").arg(name)));
}

QTEST_MAIN(TestDiagnosisDialog)
#include "tst_diagnosisdialog.moc"
