// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/workerscontextmenu.h"

#include "core/config/workerconfig.h"
#include "ui/views/menuactions.h"
#include "ui/views/workerspage.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

#include <algorithm>

namespace lifeguard {

QString uncontrollableReason(const WorkerInfo &worker)
{
    if (!worker.isAlive()) {
        return WorkersContextMenu::tr("the worker is not alive");
    }
    if (!worker.own && worker.pool.isEmpty()) { // not of another manager either
        return WorkersContextMenu::tr("another program started the worker");
    }
    return {};
}

WorkersContextMenu::WorkersContextMenu(QMenu &menu, WorkersPage &page)
    : m_menu(menu)
    , m_page(&page)
    , m_selected(page.selected())
    , m_target(singleTarget())
{
}

QKeySequence WorkersContextMenu::diagnoseKeys()
{
    return {Qt::CTRL | Qt::Key_D};
}

void WorkersContextMenu::fill(const QString &disabledReason)
{
    addEndActions(disabledReason);
    m_menu.addSeparator();
    addDiagnose();
    addContainerActions();
    addShowLog();
    addCopyId();
}

void WorkersContextMenu::addEndActions(const QString &disabledReason)
{
    QList<WorkerInfo> controllable;
    QStringList ids;
    QString reason = disabledReason;
    for (const WorkerInfo &worker : std::as_const(m_selected)) {
        const QString uncontrollable = uncontrollableReason(worker);
        if (uncontrollable.isEmpty()) {
            controllable.append(worker);
            ids.append(worker.executorId);
        } else if (reason.isEmpty()) {
            reason = uncontrollable;
        }
    }
    if (disabledReason.isEmpty() && !controllable.isEmpty()) {
        reason.clear();
    }
    const int count = int(controllable.size());
    const auto add = [&](const char *name, const char *icon, const QString &text, const QString &toolTip) {
        QAction *action = addMenuAction(m_menu, name, icon, text, reason);
        if (reason.isEmpty()) {
            action->setToolTip(toolTip);
        }
        return action;
    };
    WorkersPage *page = m_page;
    QObject::connect(add("stopWorkerAction", "media-playback-stop",
                         count > 1 ? tr("Stop %Ln worker(s)", nullptr, count) : tr("Stop"),
                         tr("Ends the worker after its job, or after the grace period. An unfinished job is returned "
                            "to the queue. The pool shrinks by one worker.")),
                     &QAction::triggered, page, [page, ids] { Q_EMIT page->stopRequested(ids); });
    QObject::connect(add("drainWorkerAction", "media-playback-pause",
                         count > 1 ? tr("Drain %Ln worker(s)", nullptr, count) : tr("Drain"),
                         tr("Ends the worker after its job, without a time limit. The pool shrinks by one worker.")),
                     &QAction::triggered, page, [page, ids] { Q_EMIT page->drainRequested(ids); });
    QObject::connect(add("killWorkerAction", "process-stop",
                         count > 1 ? tr("Kill %Ln worker(s)…", nullptr, count) : tr("Kill…"),
                         tr("Ends the worker and its child processes at once. The pool replaces it.")),
                     &QAction::triggered, page, [page, controllable] { Q_EMIT page->killRequested(controllable); });
}

void WorkersContextMenu::addDiagnose()
{
    QAction *diagnose = addMenuAction(m_menu, "diagnoseAction", "view-statistics", tr("Diagnose"));
    diagnose->setShortcut(diagnoseKeys());
    diagnose->setShortcutContext(Qt::WidgetShortcut); // only displayed; the shortcut of the page does the work
    diagnose->setToolTip(
        tr("Shows what the worker is doing or waiting for: processes, CPU, memory, open files and a stack trace."));
    diagnose->setEnabled(!m_target.isEmpty());
    QObject::connect(diagnose, &QAction::triggered, m_page, [page = m_page, target = m_target] {
        if (const WorkerInfo *worker = page->worker(target)) {
            Q_EMIT page->diagnoseRequested(*worker);
        }
    });
}

/// Adds the actions for workers in containers that this manager started.
void WorkersContextMenu::addContainerActions()
{
    const WorkerInfo *target = m_page->worker(m_target);
    const bool isInContainer = target && target->mode == toString(ExecutionMode::Docker);
    const bool isOfOther = isInContainer && !target->own && target->isAlive();
    const QString reason = isOfOther     ? tr("another program started the worker")
                         : isInContainer ? uncontrollableReason(*target)
                                         : tr("the worker does not run in a container");
    const auto add = [&](const char *name, const QString &text, const QString &toolTip,
                         void (WorkersPage::*requested)(const WorkerInfo &)) {
        QAction *action = addMenuAction(m_menu, name, "view-list-text", text, reason);
        if (reason.isEmpty()) {
            action->setToolTip(toolTip);
        }
        QObject::connect(action, &QAction::triggered, m_page, [page = m_page, id = m_target, requested] {
            if (const WorkerInfo *worker = page->worker(id)) {
                Q_EMIT(page->*requested)(*worker);
            }
        });
    };
    add("inspectAction", tr("Inspect container…"), tr("Shows all data that Docker has about the container."),
        &WorkersPage::inspectRequested);
    add("shellAction", tr("Open shell in container"), tr("Opens a terminal window with a shell in the container."),
        &WorkersPage::shellRequested);
}

void WorkersContextMenu::addShowLog()
{
    const bool hasLog = !m_selected.isEmpty() && !m_selected.first().logPath.isEmpty();
    QObject::connect(addMenuAction(m_menu, "showLogAction", "view-list-text", tr("Show log"),
                                   hasLog ? QString() : tr("the log file of the worker is not known")),
                     &QAction::triggered, m_page, [page = m_page] {
                         page->announceCurrent();
                         Q_EMIT page->logRequested();
                     });
}

void WorkersContextMenu::addCopyId()
{
    QStringList ids;
    for (const WorkerInfo &worker : std::as_const(m_selected)) {
        ids.append(worker.executorId);
    }
    QObject::connect(addMenuAction(m_menu, "copyWorkerIdAction", "edit-copy",
                                   ids.size() > 1 ? tr("Copy IDs") : tr("Copy ID")),
                     &QAction::triggered, m_page,
                     [ids] { QGuiApplication::clipboard()->setText(ids.join(QLatin1Char('\n'))); });
}

QString WorkersContextMenu::singleTarget() const
{
    const auto isSelected = [this](const WorkerInfo &worker) {
        return std::any_of(m_selected.cbegin(), m_selected.cend(),
                           [&worker](const WorkerInfo &other) { return other.executorId == worker.executorId; });
    };
    const WorkerInfo *inDetails = m_page->current();
    if (inDetails && (m_selected.isEmpty() || isSelected(*inDetails))) {
        return inDetails->executorId;
    }
    return m_selected.isEmpty() ? QString() : m_selected.first().executorId;
}

} // namespace lifeguard
