// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window does when it is asked: its dialogs and questions, and how it ends.
#include "core/base/futurecallbacks.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/dialogs/containerdialog.h"
#include "ui/dialogs/diagnosisdialog.h"
#include "ui/dialogs/launchpoolsdialog.h"
#include "ui/dialogs/opendatabasedialog.h"
#include "ui/dialogs/questions.h"
#include "ui/mainwindow.h"
#include "ui/dashboardsession.h"
#include "ui/views/errorbar.h"
#include "ui/views/jobspage.h"
#include "ui/views/workerspage.h"

#include <QCloseEvent>
#include <QDesktopServices>
#include <QDir>
#include <QMessageBox>
#include <QProcess>
#include <QTabWidget>
#include <QUrl>

namespace lifeguard {

void MainWindow::launchPool()
{
    LaunchContext context;
    context.workspace = m_session.options().workspace;
    const QHash<QString, JobCounts> counts = m_session.snapshot().counts;
    for (auto type = counts.cbegin(); type != counts.cend(); ++type) {
        if (type->pending > 0) {
            context.waiting.insert(type.key(), type->pending);
        }
    }
    context.served = servedTypes();
    const QList<PoolInfo> pools = m_session.manager()->pools();
    for (const PoolInfo &pool : pools) {
        if (!context.served.contains(pool.config.type)) {
            context.resting.append(pool.config.type);
        }
    }
    context.askDocker = [this](QObject *asker, std::function<void(const DockerOverview &)> tell) {
        whenFinished(m_session.manager()->inspectDocker(), asker, std::move(tell));
    };
    auto *dialog = new LaunchPoolsDialog(context, [this](const WorkerConfig &config) { return m_session.launch(config); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

QStringList MainWindow::servedTypes() const
{
    QStringList types;
    const QList<PoolInfo> pools = m_session.manager()->pools();
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::Running || pool.state == PoolState::Starting) {
            types.append(pool.config.type);
        }
    }
    return types;
}

void MainWindow::addJobs(const QStringList &paths)
{
    AddJobsContext context;
    context.workspace = m_session.options().workspace;
    context.types = m_session.snapshot().counts.keys();
    context.served = servedTypes();
    auto *dialog = new AddJobsDialog(context, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        if (const auto plan = dialog->plan()) {
            m_session.adder().add(plan, dialog->priority());
        } else {
            m_session.adder().add(dialog->job(), dialog->count());
        }
        m_tabs->setCurrentWidget(m_jobs);
    });
    dialog->addPaths(paths);
    dialog->open();
}

void MainWindow::askForDatabase()
{
    auto *dialog = new OpenDatabaseDialog(m_session.options().workspace, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { Q_EMIT openRequested(dialog->choice()); });
    dialog->open();
}

void MainWindow::stopAll()
{
    const QList<PoolInfo> pools = m_session.manager()->pools();
    for (const PoolInfo &pool : pools) {
        m_session.manager()->stopPool(pool.name);
    }
}

void MainWindow::askKill(const QList<WorkerInfo> &workers)
{
    QStringList ids;
    QList<WorkerInfo> asItIsNow; // not as it was when the menu opened
    for (const WorkerInfo &chosen : workers) {
        if (const WorkerInfo *now = m_workers->worker(chosen.executorId)) {
            ids.append(now->executorId);
            asItIsNow.append(*now);
        }
    }
    if (ids.isEmpty()) {
        return;
    }
    QMessageBox *question = killQuestion(asItIsNow, [this, ids] {
        for (const QString &id : ids) {
            m_session.manager()->killWorker(id);
        }
    }, this);
    question->open();
}

void MainWindow::diagnose(const WorkerInfo &worker)
{
    for (DiagnosisDialog *open : findChildren<DiagnosisDialog *>()) {
        if (open->executorId() == worker.executorId && open->isVisible()) {
            open->raise();
            open->activateWindow();
            return;
        }
    }
    auto *dialog = new DiagnosisDialog(worker, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &DiagnosisDialog::wanted, this, [this, dialog, worker] {
        const WorkerInfo *now = m_workers->worker(worker.executorId);
        m_session.diagnose(now ? *now : worker, dialog, [dialog](const Diagnosis &diagnosis) { dialog->setDiagnosis(diagnosis); });
    });
    dialog->begin();
    dialog->show();
}

void MainWindow::inspect(const WorkerInfo &worker)
{
    auto *dialog = new ContainerDialog(worker, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ContainerDialog::wanted, this, [this, dialog] {
        whenFinished(m_session.manager()->inspectWorker(dialog->executorId()), dialog, [dialog](const Result<QString> &json) { dialog->setAnswer(json); });
    });
    dialog->begin();
    dialog->show();
}

void MainWindow::openShell(const WorkerInfo &worker)
{
    const Result<QStringList> command = m_session.manager()->shellCommand(worker.executorId);
    if (!command) {
        m_errorBar->showError(command.error());
    } else if (!QProcess::startDetached(command->first(), command->mid(1))) {
        m_errorBar->showError({ErrorCode::Io, tr("The terminal %1 could not be started.").arg(command->first()), {}});
    }
}

void MainWindow::askQuit()
{
    if (m_question) {
        m_question->raise();
        return;
    }
    m_question = quitQuestion(m_session.manager()->workers(), [this] { quitNow(); }, this);
    m_question->open();
}

void MainWindow::quitNow()
{
    if (m_quitting) {
        m_session.end(seconds(0));
        return;
    }
    m_quitting = true;
    if (m_leaving) {
        m_leaving = false; // its workers are being stopped already; now nothing comes after it
        return;
    }
    m_session.end();
    showReadiness();
}

void MainWindow::leave()
{
    m_leaving = true;
    m_session.end();
    showReadiness();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose || (!isLeaving() && !m_session.hasLiveWorkers() && !m_session.isAdding())) {
        saveLayout();
        event->accept();
        return;
    }
    event->ignore();
    if (m_quitting) {
        if (!m_session.hasLiveWorkers()) {
            m_session.end(seconds(0)); // asked again: nothing is waited for
        }
    } else if (m_session.hasLiveWorkers() && !m_leaving) {
        askQuit();
    } else if (!m_session.isAdding()) {
        quitNow(); // on the way to another database its workers are being stopped already
    } else {
        m_errorBar->showNotice(tr("Lifeguard closes as soon as the jobs are added. Close it again to give them up."));
        quitNow();
    }
}

void MainWindow::openPath(const QString &path)
{
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path))) {
        m_errorBar->showError({ErrorCode::Io, tr("No program of this desktop opens %1.").arg(QDir::toNativeSeparators(path)), {}});
    }
}

} // namespace lifeguard
