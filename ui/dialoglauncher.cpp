// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialoglauncher.h"

#include "core/base/futurecallbacks.h"
#include "core/base/trustedfile.h"
#include "core/config/configtrust.h"
#include "core/config/yamlreader.h"
#include "ui/dashboardsession.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/dialogs/configdialog.h"
#include "ui/dialogs/confirmationdialogs.h"
#include "ui/dialogs/containerdialog.h"
#include "ui/dialogs/diagnosisdialog.h"
#include "ui/dialogs/launchpoolsdialog.h"
#include "ui/dialogs/opendatabasedialog.h"

#include <QDesktopServices>
#include <QDir>
#include <QMessageBox>
#include <QProcess>
#include <QUrl>

namespace lifeguard {

DialogLauncher::DialogLauncher(DashboardSession &session, FindWorker findWorker, QWidget *window)
    : QObject(window)
    , m_session(session)
    , m_findWorker(std::move(findWorker))
    , m_window(window)
{
}

QStringList DialogLauncher::servedTypes() const
{
    QStringList types;
    const QList<PoolInfo> pools = m_session.control().pools();
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::Running || pool.state == PoolState::Starting) {
            types.append(pool.config.type);
        }
    }
    return types;
}

void DialogLauncher::launchPools()
{
    LaunchContext context;
    context.workspace = m_session.options().workspace;
    const QHash<QString, JobCounts> counts = m_session.snapshot().counts;
    for (auto type = counts.cbegin(); type != counts.cend(); ++type) {
        if (type->pending > 0) {
            context.pendingJobs.insert(type.key(), type->pending);
        }
    }
    context.servedTypes = servedTypes();
    const QList<PoolInfo> pools = m_session.manager()->pools();
    for (const PoolInfo &pool : pools) {
        if (!context.servedTypes.contains(pool.config.type)) {
            context.stoppedTypes.append(pool.config.type);
        }
    }
    context.inspectDocker = [this](QObject *receiver, std::function<void(const DockerOverview &)> report) {
        whenFinished(m_session.manager()->inspectDocker(), receiver, std::move(report));
    };
    auto *dialog = new LaunchPoolsDialog(
        context, [this](const WorkerConfig &config) { return m_session.launch(config); }, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void DialogLauncher::addJobs(const QStringList &paths)
{
    AddJobsContext context;
    context.workspace = m_session.options().workspace;
    context.types = m_session.snapshot().counts.keys();
    context.servedTypes = servedTypes();
    auto *dialog = new AddJobsDialog(context, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        if (const auto plan = dialog->plan()) {
            m_session.adder().add(plan, dialog->priority(), dialog->isForced());
        } else {
            m_session.adder().add(dialog->job(), dialog->count());
        }
        Q_EMIT jobsSubmitted();
    });
    dialog->addPaths(paths);
    dialog->open();
}

void DialogLauncher::editConfiguration()
{
    const std::optional<RunningConfig> &running = m_session.options().config;
    const auto draft = ConfigDraft::open(
        running ? running->selection.found.path
                : QDir(m_session.options().workspace).filePath(QStringLiteral("lifeguard.yaml")));
    if (!draft) {
        Q_EMIT errorHappened(draft.error());
        return;
    }
    auto *dialog = new ConfigDialog(*draft, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    // The user made the changes, so that a file that was agreed to, or did not exist, needs no new question.
    if (draft->text().isEmpty() || ConfigTrust().isTrusted(draft->path(), draft->text())) {
        connect(dialog, &ConfigDialog::saved, this, [this](const QString &path) {
            const Result<QByteArray> content = readTrustedFile(path, YamlLimits().bytes);
            const Status trusted = content ? ConfigTrust().trust(path, *content) : Status(failure(content.error()));
            if (!trusted) {
                Q_EMIT errorHappened(trusted.error());
            }
        });
    }
    dialog->open();
}

void DialogLauncher::chooseDatabase()
{
    auto *dialog = new OpenDatabaseDialog(m_session.options().workspace, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { Q_EMIT databaseChosen(dialog->choice()); });
    dialog->open();
}

void DialogLauncher::confirmKill(const QList<WorkerInfo> &workers)
{
    QStringList ids;
    QList<WorkerInfo> current; // with their present values, not those of the time when the menu was opened
    for (const WorkerInfo &worker : workers) {
        if (const WorkerInfo *now = m_findWorker(worker.executorId)) {
            ids.append(now->executorId);
            current.append(*now);
        }
    }
    if (ids.isEmpty()) {
        return;
    }
    const auto kill = [this, ids] {
        for (const QString &id : ids) {
            m_session.control().controlWorker(CommandVerb::Kill, id);
        }
    };
    killConfirmation(current, kill, m_window)->open();
}

void DialogLauncher::diagnose(const WorkerInfo &worker)
{
    const QList<DiagnosisDialog *> dialogs = m_window->findChildren<DiagnosisDialog *>();
    for (DiagnosisDialog *open : dialogs) {
        if (open->executorId() == worker.executorId && open->isVisible()) {
            open->raise();
            open->activateWindow();
            return;
        }
    }
    auto *dialog = new DiagnosisDialog(worker, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &DiagnosisDialog::refreshRequested, this, [this, dialog, worker] {
        const WorkerInfo *now = m_findWorker(worker.executorId);
        m_session.diagnose(now ? *now : worker, dialog,
                           [dialog](const Diagnosis &diagnosis) { dialog->setDiagnosis(diagnosis); });
    });
    dialog->refresh();
    dialog->show();
}

void DialogLauncher::inspectContainer(const WorkerInfo &worker)
{
    auto *dialog = new ContainerDialog(worker, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ContainerDialog::refreshRequested, this, [this, dialog] {
        whenFinished(m_session.manager()->inspectWorker(dialog->executorId()), dialog,
                     [dialog](const Result<QString> &json) { dialog->setContent(json); });
    });
    dialog->refresh();
    dialog->show();
}

void DialogLauncher::openShell(const WorkerInfo &worker)
{
    const Result<QStringList> command = m_session.manager()->shellCommand(worker.executorId);
    if (!command) {
        Q_EMIT errorHappened(command.error());
    } else if (!QProcess::startDetached(command->first(), command->mid(1))) {
        Q_EMIT errorHappened({ErrorCode::Io, tr("The terminal %1 could not be started.").arg(command->first()), {}});
    }
}

void DialogLauncher::openPath(const QString &path)
{
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path))) {
        Q_EMIT errorHappened(
            {ErrorCode::Io, tr("No program was found to open %1.").arg(QDir::toNativeSeparators(path)), {}});
    }
}

} // namespace lifeguard
