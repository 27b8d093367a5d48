// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobscontextmenu.h"

#include "ui/models/jobsmodel.h"
#include "ui/theme/icons.h"
#include "ui/views/menuactions.h"

#include <QFileInfo>

#include <algorithm>

namespace lifeguard {

namespace {

constexpr int maxOpened = 10; ///< files or folders at once

} // namespace

JobsContextMenu::JobsContextMenu(JobCommands &commands, const JobsModel &model, const QString &disabledReason,
                                 QWidget *parent)
    : QMenu(parent)
    , m_commands(commands)
    , m_model(model)
    , m_selection(commands.selection())
    , m_disabledReason(disabledReason)
{
    setObjectName(QStringLiteral("jobsViewMenu"));
    setToolTipsVisible(true);
    addRetry();
    addRerun();
    addCancel();
    addSeparator();
    addOpen();
    addCopy();
    if (!m_selection.isEverything) {
        addSeparator();
        addMatching();
    }
}

QString JobsContextMenu::changeDisabledReason(const QString &reason) const
{
    return m_disabledReason.isEmpty() ? reason : m_disabledReason;
}

void JobsContextMenu::addRetry()
{
    const auto add = [this](const QString &text, const QString &reason) {
        return addMenuAction(*this, "retryJobAction", "view-refresh", text, changeDisabledReason(reason));
    };
    if (m_selection.isEverything && !m_selection.isComplete) {
        connect(add(retryMatchingText(),
                    m_commands.retryableCount() == 0 ? tr("no job has failed or been cancelled") : QString()),
                &QAction::triggered, &m_commands, &JobCommands::retryMatching);
        return;
    }
    QString text;
    QString reason;
    if (m_selection.isComplete) {
        const auto count = int(idsWhere(m_selection.jobs, isRetryable).size());
        text = count > 1 ? tr("Retry %Ln job(s)", nullptr, count) : tr("Retry");
        reason = count == 0 ? tr("only failed and cancelled jobs can be retried") : QString();
    } else {
        text = tr("Retry the failed and cancelled ones of %Ln job(s)", nullptr, int(m_selection.count));
        reason = m_selection.isTooLarge
                   ? tr("select all jobs (Ctrl+A), or at most %Ln job(s)", nullptr, JobSelection::maxJobs)
                   : QString();
    }
    connect(add(text, reason), &QAction::triggered, &m_commands,
            [commands = &m_commands, selection = m_selection] { commands->retrySelected(selection); });
}

void JobsContextMenu::addRerun()
{
    const auto add = [this](const QString &text, const QString &reason) {
        QAction *action = addMenuAction(*this, "rerunJobAction", "view-refresh", text, changeDisabledReason(reason));
        if (action->isEnabled())
            action->setToolTip(tr("Also converts inputs that have not changed"));
        return action;
    };
    const QString nothingEnded = tr("no job has ended");
    if (m_selection.isEverything && !m_selection.isComplete) {
        const auto count = int(m_commands.rerunnableCount());
        connect(add(tr("Run all %Ln finished job(s) again", nullptr, count), count == 0 ? nothingEnded : QString()),
                &QAction::triggered, &m_commands, &JobCommands::rerunMatching);
        return;
    }
    QString text;
    QString reason;
    if (m_selection.isComplete) {
        const auto count = int(idsWhere(m_selection.jobs, hasEnded).size());
        text = count > 1 ? tr("Run %Ln job(s) again", nullptr, count) : tr("Run again");
        reason = count == 0 ? nothingEnded : QString();
    } else {
        text = tr("Run the finished ones of %Ln job(s) again", nullptr, int(m_selection.count));
        reason = m_selection.isTooLarge
                   ? tr("select all jobs (Ctrl+A), or at most %Ln job(s)", nullptr, JobSelection::maxJobs)
                   : QString();
    }
    connect(add(text, reason), &QAction::triggered, &m_commands,
            [commands = &m_commands, selection = m_selection] { commands->rerunSelected(selection); });
}

void JobsContextMenu::addCancel()
{
    const auto add = [this](const QString &text, const QString &reason) {
        return addMenuAction(*this, "cancelJobAction", "dialog-cancel", text, changeDisabledReason(reason));
    };
    if (m_selection.isEverything && !m_selection.isComplete) {
        connect(add(cancelMatchingText(),
                    m_commands.cancellableCount() == 0 ? tr("all jobs have already ended") : QString()),
                &QAction::triggered, &m_commands, &JobCommands::cancelMatching);
        return;
    }
    QString text;
    QString reason;
    if (m_selection.isComplete) {
        const auto count = int(idsWhere(m_selection.jobs, isCancellable).size());
        text = count > 1 ? tr("Cancel %Ln job(s)", nullptr, count) : tr("Cancel");
        if (count == 0) {
            reason = m_selection.count == 1 ? tr("the job has already ended") : tr("the jobs have already ended");
        }
    } else {
        text = tr("Cancel the waiting and running ones of %Ln job(s)", nullptr, int(m_selection.count));
        reason = m_selection.isTooLarge
                   ? tr("select all jobs (Ctrl+A), or at most %Ln job(s)", nullptr, JobSelection::maxJobs)
                   : QString();
    }
    connect(add(text, reason), &QAction::triggered, &m_commands,
            [commands = &m_commands, selection = m_selection] { commands->cancelSelected(selection); });
}

void JobsContextMenu::addOpen()
{
    QStringList files;
    QStringList folders;
    QString reason;
    if (m_selection.count > maxOpened) {
        reason = tr("at most %Ln at once", nullptr, maxOpened);
    } else {
        bool haveOutput = false;
        for (const Job &job : std::as_const(m_selection.jobs)) {
            if (job.outputFile.isEmpty()) {
                continue;
            }
            haveOutput = true;
            const QFileInfo output(job.outputFile);
            if (output.exists()) {
                files.append(job.outputFile);
            }
            if (!folders.contains(output.path()) && QFileInfo(output.path()).isDir()) {
                folders.append(output.path());
            }
        }
        reason = haveOutput ? tr("the output does not exist yet") : tr("the job has no output");
    }
    connect(addMenuAction(*this, "openOutputAction", "document-open",
                          files.size() > 1 ? tr("Open %Ln output(s)", nullptr, int(files.size())) : tr("Open output"),
                          files.isEmpty() ? reason : QString()),
            &QAction::triggered, &m_commands, [commands = &m_commands, files] { commands->open(files); });
    connect(addMenuAction(*this, "openFolderAction", "document-open-folder",
                          folders.size() > 1 ? tr("Show in %Ln folder(s)", nullptr, int(folders.size()))
                                             : tr("Show in folder"),
                          folders.isEmpty() ? reason : QString()),
            &QAction::triggered, &m_commands, [commands = &m_commands, folders] { commands->open(folders); });
}

void JobsContextMenu::addCopy()
{
    using Format = JobCommands::CopyFormat;
    //: A disabled submenu, and why it is disabled
    QMenu *submenu = addMenu(
        m_selection.isTooLarge ? tr("Copy – at most %Ln job(s) at once", nullptr, JobSelection::maxJobs) : tr("Copy"));
    submenu->setIcon(theme::icon(QStringLiteral("edit-copy"), palette()));
    submenu->setObjectName(QStringLiteral("copyJobMenu"));
    submenu->menuAction()->setObjectName(QStringLiteral("copyJobAction"));
    submenu->setEnabled(!m_selection.isTooLarge);
    const auto add = [&](const char *name, const QString &text, Format format) {
        QAction *action = addMenuAction(*submenu, name, "", text);
        connect(action, &QAction::triggered, &m_commands,
                [commands = &m_commands, format] { commands->copySelected(format); });
        return action;
    };
    const bool isSingle = m_selection.count == 1;
    QAction *rows = add("copyRowsAction", isSingle ? tr("Row as text") : tr("Rows as text"), Format::Rows);
    rows->setShortcut(QKeySequence::Copy);
    rows->setShortcutContext(Qt::WidgetShortcut); // only displayed; the view handles the key
    add("copyIdsAction", isSingle ? tr("Job number") : tr("Job numbers"), Format::Ids);
    add("copyInputsAction", isSingle ? tr("Input path") : tr("Input paths"), Format::InputPaths);
    add("copyOutputsAction", isSingle ? tr("Output path") : tr("Output paths"), Format::OutputPaths);
}

void JobsContextMenu::addMatching()
{
    if (m_commands.retryableCount() > 1) {
        connect(addMenuAction(*this, "retryAllAction", "view-refresh", retryMatchingText(), m_disabledReason),
                &QAction::triggered, &m_commands, &JobCommands::retryMatching);
    }
    if (m_commands.cancellableCount() > 1) {
        connect(addMenuAction(*this, "cancelAllAction", "dialog-cancel", cancelMatchingText(), m_disabledReason),
                &QAction::triggered, &m_commands, &JobCommands::cancelMatching);
    }
}

QString JobsContextMenu::retryMatchingText() const
{
    const JobCounts &counts = m_model.counts();
    const auto count = int(m_commands.retryableCount());
    if (m_model.filter() == JobFilter()) {
        return counts.cancelled == 0 ? tr("Retry all %Ln failed job(s)", nullptr, count)
             : counts.failed == 0    ? tr("Retry all %Ln cancelled job(s)", nullptr, count)
                                     : tr("Retry all %Ln failed and cancelled job(s)", nullptr, count);
    }
    return counts.cancelled == 0 ? tr("Retry all %Ln matching failed job(s)", nullptr, count)
         : counts.failed == 0    ? tr("Retry all %Ln matching cancelled job(s)", nullptr, count)
                                 : tr("Retry all %Ln matching failed and cancelled job(s)", nullptr, count);
}

QString JobsContextMenu::cancelMatchingText() const
{
    const JobCounts &counts = m_model.counts();
    const auto count = int(m_commands.cancellableCount());
    if (m_model.filter() == JobFilter()) {
        return counts.processing == 0 ? tr("Cancel all %Ln waiting job(s)", nullptr, count)
             : counts.pending == 0    ? tr("Cancel all %Ln running job(s)", nullptr, count)
                                      : tr("Cancel all %Ln waiting and running job(s)", nullptr, count);
    }
    return counts.processing == 0 ? tr("Cancel all %Ln matching waiting job(s)", nullptr, count)
         : counts.pending == 0    ? tr("Cancel all %Ln matching running job(s)", nullptr, count)
                                  : tr("Cancel all %Ln matching waiting and running job(s)", nullptr, count);
}

} // namespace lifeguard
