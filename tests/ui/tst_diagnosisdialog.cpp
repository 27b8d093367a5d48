// SPDX-License-Identifier: GPL-3.0-or-later
// The diagnosis of a worker as a user has it: asked for in the table, read while it grows, copied, asked for again, closed at any time.
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "core/health/diagnosisreport.h"
#include "tests/support/pooltest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/dialogs/diagnosisdialog.h"
#include "ui/mainwindow.h"
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

Diagnosis grown(int threads, bool underWay)
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
    stack.inProgress = underWay;
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
    void growsWithoutDisturbing();
    void tellsHowFarItIs();
    void copies();
    void escapeCloses();
    void fromTheTable();
    void closesWhileTheStackIsMade();
    void afterTheWorkerIsGone();
    void looks_data();
    void looks();

private:
    void startDashboard(theme::Mode mode = theme::Mode::Light);
    MainWindow &window() const { return m_dashboard->window(); }
    LiveTable *table() const { return window().findChild<LiveTable *>(s("workersView")); }
    QList<DiagnosisDialog *> open() const { return m_dashboard ? window().findChildren<DiagnosisDialog *>() : QList<DiagnosisDialog *>(); }
    /// By the menu of the table, on the first row; null if none came.
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
    // Not selectRow(), which asks for the modifiers that the keys of the test before left behind.
    table()->selectionModel()->setCurrentIndex(table()->model()->index(0, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
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
    return open().value(0);
}

void TestDiagnosisDialog::growsWithoutDisturbing()
{
    DiagnosisDialog dialog(grown(0, true).request.worker);
    dialog.resize(600, 300);
    dialog.show();
    QVERIFY(QTest::qWaitForWindowExposed(&dialog));
    auto *view = dialog.findChild<QPlainTextEdit *>(s("diagnosisView"));
    dialog.setDiagnosis(grown(60, true));
    view->verticalScrollBar()->setValue(20);
    QTextCursor cursor = view->textCursor();
    cursor.setPosition(40);
    cursor.setPosition(60, QTextCursor::KeepAnchor);
    view->setTextCursor(cursor);
    view->verticalScrollBar()->setValue(20);
    dialog.setDiagnosis(grown(64, false));
    QVERIFY(view->toPlainText().contains(s("75 thread")));
    QCOMPARE(view->verticalScrollBar()->value(), 20);
    QCOMPARE(view->textCursor().selectionStart(), 40);
    QCOMPARE(view->textCursor().selectionEnd(), 60);
    QVERIFY(view->isReadOnly());
    QVERIFY(QFontInfo(view->font()).fixedPitch());
}

void TestDiagnosisDialog::tellsHowFarItIs()
{
    DiagnosisDialog dialog(grown(0, true).request.worker);
    QSignalSpy wanted(&dialog, &DiagnosisDialog::refreshRequested);
    auto *status = dialog.findChild<QLabel *>(s("diagnosisStatus"));
    auto *again = dialog.findChild<QPushButton *>(s("refreshDiagnosisButton"));
    dialog.refresh();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(status->text(), s("Measuring…"));
    QVERIFY(!again->isEnabled());
    Diagnosis diagnosis = grown(1, true);
    diagnosis.measuring = true;
    dialog.setDiagnosis(diagnosis);
    QCOMPARE(status->text(), s("Measuring…"));
    dialog.setDiagnosis(grown(1, true));
    QCOMPARE(status->text(), s("Reading the stack…"));
    QVERIFY(!again->isEnabled());
    dialog.setDiagnosis(grown(1, false));
    QVERIFY(status->text().startsWith(s("State at ")));
    QVERIFY(again->isEnabled());
    again->click();
    QCOMPARE(wanted.size(), 2);
    QVERIFY(!again->isEnabled());
}

void TestDiagnosisDialog::copies()
{
    DiagnosisDialog dialog(grown(0, true).request.worker);
    auto *copy = dialog.findChild<QPushButton *>(s("copyDiagnosisButton"));
    QVERIFY(!copy->isEnabled()); // there is nothing yet
    for (const QPushButton *button : dialog.findChildren<QPushButton *>())
        QVERIFY2(!button->accessibleName().isEmpty() && (button->focusPolicy() & Qt::TabFocus), qPrintable(button->objectName()));
    QVERIFY(!dialog.findChild<QPlainTextEdit *>(s("diagnosisView"))->accessibleName().isEmpty());
    const Diagnosis diagnosis = grown(3, false);
    dialog.setDiagnosis(diagnosis);
    copy->click();
    QCOMPARE(QApplication::clipboard()->text(), diagnosisReport(diagnosis));
    QCOMPARE(dialog.findChild<QLabel *>(s("diagnosisStatus"))->text(), s("Copied"));
}

void TestDiagnosisDialog::escapeCloses()
{
    auto *dialog = new DiagnosisDialog(grown(0, true).request.worker);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QPointer<DiagnosisDialog> guard(dialog);
    dialog->show();
    QVERIFY(QTest::qWaitForWindowActive(dialog));
    QVERIFY(!dialog->isModal());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    EVENTUALLY(!guard);
}

void TestDiagnosisDialog::fromTheTable()
{
    startDashboard();
    const WorkerInfo busy = worker();
    EVENTUALLY(!m_dashboard->session().manager()->historyOf(busy.executorId).isEmpty());
    QCOMPARE(::kill(pid_t(busy.pid), SIGSTOP), 0);
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    auto *conclusion = dialog->findChild<QLabel *>(s("diagnosisConclusion"));
    QTRY_VERIFY2_WITH_TIMEOUT(conclusion->text().contains(s("Its process was stopped by a signal")), qPrintable(dialog->text()), patience);
    QVERIFY(conclusion->text().contains(s("`kill -CONT %1`").arg(busy.pid)));
    EVENTUALLY(dialog->findChild<QPushButton *>(s("refreshDiagnosisButton"))->isEnabled());
    const QString shown = dialog->findChild<QPlainTextEdit *>(s("diagnosisView"))->toPlainText();
    for (const char *heading : {"Worker\n------", "CPU and memory", "Processes\n", "Threads\n", "Open files\n", "Stack of lifeguard-worker"})
        QVERIFY2(shown.contains(s(heading)), heading);
    QVERIFY2(shown.contains(s("minimum ")), "the history of an own worker is shown");
    // Once more, by the keyboard: the same dialog.
    window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
    EVENTUALLY(dialog->isActiveWindow());
    QCOMPARE(open().size(), 1);
    dialog->close();
    EVENTUALLY(open().isEmpty());
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(open().size(), 1, patience);
}

void TestDiagnosisDialog::closesWhileTheStackIsMade()
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
    QVERIFY2(dialog->text().contains(s("Open files")), "the facts are there at once");
    dialog->close();
    EVENTUALLY(open().isEmpty());
    dialog = diagnoseByMenu(); // and when the whole window goes
    QVERIFY(dialog);
    qputenv("PATH", before);
}

void TestDiagnosisDialog::afterTheWorkerIsGone()
{
    startDashboard();
    const WorkerInfo busy = worker();
    DiagnosisDialog *dialog = diagnoseByMenu();
    QVERIFY(dialog);
    auto *again = dialog->findChild<QPushButton *>(s("refreshDiagnosisButton"));
    EVENTUALLY(again->isEnabled());
    const QString shown = dialog->text();
    ::kill(pid_t(busy.pid), SIGKILL);
    const auto isDead = [&] {
        const auto *page = window().findChild<WorkersPage *>();
        const WorkerInfo *now = page->worker(busy.executorId);
        return now && !now->isAlive();
    };
    EVENTUALLY(isDead());
    QCOMPARE(dialog->text(), shown); // as it was: it says when
    again->click();
    QTRY_VERIFY2_WITH_TIMEOUT(dialog->text().contains(s(" and is dead: ")), qPrintable(dialog->text()), patience);
    QVERIFY2(dialog->text().contains(s("SIGKILL")), qPrintable(dialog->text()));
    QVERIFY(again->isEnabled());
}

void TestDiagnosisDialog::looks_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("light") << s("light");
    QTest::newRow("dark") << s("dark");
}

/// For a human to look at: screenshots/ in the build folder.
void TestDiagnosisDialog::looks()
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
#include "ui/theme/theme.h"
