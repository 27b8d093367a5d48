// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/workerspage.h"

#include "core/base/systemclock.h"
#include "core/config/workerconfig.h"
#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"
#include "ui/views/menuactions.h"
#include "ui/views/searchbar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QShortcut>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

QKeySequence diagnoseKeys()
{
    return {Qt::CTRL | Qt::Key_D};
}

} // namespace

QString uncontrollableReason(const WorkerInfo &worker)
{
    if (!worker.isAlive()) {
        return WorkersPage::tr("the worker is not alive");
    }
    if (!worker.own) {
        return WorkersPage::tr("another program started the worker");
    }
    return {};
}

WorkersPage::WorkersPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new WorkersModel(this))
    , m_proxy(new WorkersProxyModel(m_model, this))
    , m_table(new LiveTable(this))
{
    m_table->setObjectName(QStringLiteral("workersView"));
    m_table->setAccessibleName(tr("Workers"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    const auto cells = [this](int column, CellDelegate::Kind kind) {
        m_table->setItemDelegateForColumn(column, new CellDelegate(kind, this));
    };
    m_table->setItemDelegateForColumn(WorkersModel::StateColumn,
                                      new StateDelegate([](int state) { return theme::appearance(WorkerState(state)); },
                                                        this));
    cells(WorkersModel::JobAgeColumn, CellDelegate::Kind::Duration);
    cells(WorkersModel::BeatColumn, CellDelegate::Kind::Age);
    cells(WorkersModel::CpuColumn, CellDelegate::Kind::Load);
    cells(WorkersModel::MemoryColumn, CellDelegate::Kind::Bytes);
    cells(WorkersModel::DoneColumn, CellDelegate::Kind::Count);
    cells(WorkersModel::FailedColumn, CellDelegate::Kind::Count);
    cells(WorkersModel::UptimeColumn, CellDelegate::Kind::Duration);
    // State, name, type, number, mode, image, job, job time, beat, load, memory, done, failed, uptime, PID, reason.
    // Hidden at first: type and number, which are part of the name, and the reason, which is shown in the column of the
    // job.
    m_table->setWidths({96, 104, 0, 0, 60, 0, 180, 72, 72, 92, 72, 52, 56, 60, 0, 0}, WorkersModel::JobColumn);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(WorkersModel::NameColumn, Qt::AscendingOrder);
    m_table->setHoldCallback([this](bool held) { m_model->setHeld(held); });
    m_table->setMenuBuilder([this](QMenu &menu) { fillMenu(menu); });
    m_empty = new EmptyState(m_table, {}, {}, tr("Launch pools…"));

    m_search = new SearchBar(QStringLiteral("worker"), tr("Search names, states, jobs, reasons (Ctrl+F)"), m_table,
                             this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_search);
    layout->addWidget(m_table);
    connect(m_search, &SearchBar::filterChanged, this, [this](const QString &words) {
        m_proxy->setFilterWords(words);
        updateSearchTexts();
    });

    auto *diagnose = new QShortcut(diagnoseKeys(), this);
    diagnose->setContext(Qt::WidgetWithChildrenShortcut);
    connect(diagnose, &QShortcut::activated, this, [this] {
        if (const WorkerInfo *worker = current()) {
            Q_EMIT diagnoseRequested(*worker);
        }
    });
    connect(m_empty, &EmptyState::activated, this, &WorkersPage::launchRequested);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &WorkersPage::announceCurrent);
    connect(m_table, &QAbstractItemView::doubleClicked, this, &WorkersPage::logRequested);
    updateSearchTexts();
}

void WorkersPage::setWorkers(const QList<WorkerInfo> &workers)
{
    m_model->setWorkers(workers, SystemClock().steadyNow());
    const bool hasSelection = m_table->selectionModel()->hasSelection();
    if (!m_model->isHeld() && !(hasSelection && m_proxy->sortsByVolatileColumn())) {
        m_proxy->sortIfNeeded();
    }
    if (!m_model->isHeld() && !hasSelection && m_proxy->isFiltered()) {
        m_proxy->refilter();
    }
    updateSearchTexts();
    if (!m_selectedFirst && m_proxy->rowCount() > 0) {
        m_selectedFirst = true;
        if (!hasSelection) {
            m_table->selectRow(0);
        }
    }
    announceCurrent();
}

void WorkersPage::updateSearchTexts()
{
    const int all = m_model->rowCount();
    const int shown = m_proxy->rowCount();
    //: %1 workers are shown, of %2
    m_search->setShownText(m_proxy->isFiltered() ? tr("%1 of %2").arg(format::count(shown), format::count(all))
                                                 : QString());
    if (m_proxy->isFiltered()) {
        m_empty->setTexts(tr("No matching workers"),
                          tr("Search for something else, or press Escape to clear the search."), false);
    } else {
        m_empty->setTexts(tr("No workers yet"),
                          tr("Launch a pool. Its workers appear here and process the waiting jobs of their type."),
                          true);
    }
}

void WorkersPage::focusSearch()
{
    m_search->focusSearch();
}

void WorkersPage::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    m_empty->setDisabledReason(reason);
}

QList<WorkerInfo> WorkersPage::selected() const
{
    QList<WorkerInfo> workers;
    for (const int row : m_table->selectedRowNumbers()) {
        workers.append(m_model->at(m_proxy->mapToSource(m_proxy->index(row, 0)).row()));
    }
    return workers;
}

QString WorkersPage::workerName(qint64 workerId) const
{
    const WorkerInfo *worker = workerById(workerId);
    return worker ? worker->name() : QString();
}

const WorkerInfo *WorkersPage::workerById(qint64 workerId) const
{
    const QList<WorkerInfo> &workers = m_model->rows();
    const auto found = std::find_if(workers.cbegin(), workers.cend(),
                                    [workerId](const WorkerInfo &worker) { return worker.workerId == workerId; });
    return found == workers.cend() || workerId == 0 ? nullptr : &*found;
}

const WorkerInfo *WorkersPage::current() const
{
    const QModelIndex index = m_proxy->mapToSource(m_table->currentIndex());
    return index.isValid() ? &m_model->at(index.row()) : nullptr;
}

void WorkersPage::announceCurrent()
{
    if (const WorkerInfo *worker = current()) {
        Q_EMIT currentChanged(*worker);
    }
}

void WorkersPage::fillMenu(QMenu &menu)
{
    QList<WorkerInfo> controllable;
    QStringList ids;
    QString reason = m_disabledReason;
    const QList<WorkerInfo> workers = selected();
    for (const WorkerInfo &worker : workers) {
        const QString uncontrollable = uncontrollableReason(worker);
        if (uncontrollable.isEmpty()) {
            controllable.append(worker);
            ids.append(worker.executorId);
        } else if (reason.isEmpty()) {
            reason = uncontrollable;
        }
    }
    if (m_disabledReason.isEmpty() && !controllable.isEmpty()) {
        reason.clear();
    }
    const int count = int(controllable.size());
    const auto add = [&](const char *name, const char *icon, const QString &text, const QString &toolTip) {
        QAction *action = addMenuAction(menu, name, icon, text, reason);
        if (reason.isEmpty()) {
            action->setToolTip(toolTip);
        }
        return action;
    };
    connect(add("stopWorkerAction", "media-playback-stop",
                count > 1 ? tr("Stop %Ln worker(s)", nullptr, count) : tr("Stop"),
                tr("Ends the worker after its job, or after the grace period. An unfinished job is returned to the "
                   "queue. The pool shrinks by one worker.")),
            &QAction::triggered, this, [this, ids] { Q_EMIT stopRequested(ids); });
    connect(add("drainWorkerAction", "media-playback-pause",
                count > 1 ? tr("Drain %Ln worker(s)", nullptr, count) : tr("Drain"),
                tr("Ends the worker after its job, without a time limit. The pool shrinks by one worker.")),
            &QAction::triggered, this, [this, ids] { Q_EMIT drainRequested(ids); });
    connect(add("killWorkerAction", "process-stop", count > 1 ? tr("Kill %Ln worker(s)…", nullptr, count) : tr("Kill…"),
                tr("Ends the worker and its child processes at once. The pool replaces it.")),
            &QAction::triggered, this, [this, controllable] { Q_EMIT killRequested(controllable); });
    menu.addSeparator();

    const QString target = menuTarget(workers);
    QAction *diagnose = addMenuAction(menu, "diagnoseAction", "view-statistics", tr("Diagnose"));
    diagnose->setShortcut(diagnoseKeys());
    diagnose->setShortcutContext(Qt::WidgetShortcut); // only displayed; the shortcut of the page does the work
    diagnose->setToolTip(
        tr("Shows what the worker is doing or waiting for: processes, CPU, memory, open files and a stack trace."));
    diagnose->setEnabled(!target.isEmpty());
    connect(diagnose, &QAction::triggered, this, [this, target] {
        if (const WorkerInfo *now = worker(target)) {
            Q_EMIT diagnoseRequested(*now);
        }
    });
    addContainerActions(menu, target);

    const bool hasLog = !workers.isEmpty() && !workers.first().logPath.isEmpty();
    connect(addMenuAction(menu, "showLogAction", "view-list-text", tr("Show log"),
                          hasLog ? QString() : tr("the log file of the worker is not known")),
            &QAction::triggered, this, [this] {
                announceCurrent();
                Q_EMIT logRequested();
            });
    QStringList selectedIds;
    for (const WorkerInfo &worker : workers) {
        selectedIds.append(worker.executorId);
    }
    connect(addMenuAction(menu, "copyWorkerIdAction", "edit-copy",
                          selectedIds.size() > 1 ? tr("Copy IDs") : tr("Copy ID")),
            &QAction::triggered, this,
            [selectedIds] { QGuiApplication::clipboard()->setText(selectedIds.join(QLatin1Char('\n'))); });
}

QString WorkersPage::menuTarget(const QList<WorkerInfo> &selected) const
{
    const auto isSelected = [&selected](const WorkerInfo &worker) {
        return std::any_of(selected.cbegin(), selected.cend(),
                           [&worker](const WorkerInfo &other) { return other.executorId == worker.executorId; });
    };
    const WorkerInfo *inDetails = current();
    if (inDetails && (selected.isEmpty() || isSelected(*inDetails))) {
        return inDetails->executorId;
    }
    return selected.isEmpty() ? QString() : selected.first().executorId;
}

void WorkersPage::addContainerActions(QMenu &menu, const QString &executorId)
{
    const WorkerInfo *target = worker(executorId);
    const bool isInContainer = target && target->mode == toString(ExecutionMode::Docker);
    const QString reason = isInContainer ? uncontrollableReason(*target) : tr("the worker does not run in a container");
    const auto add = [&](const char *name, const QString &text, const QString &toolTip,
                         void (WorkersPage::*requested)(const WorkerInfo &)) {
        QAction *action = addMenuAction(menu, name, "view-list-text", text, reason);
        if (reason.isEmpty()) {
            action->setToolTip(toolTip);
        }
        connect(action, &QAction::triggered, this, [this, executorId, requested] {
            if (const WorkerInfo *now = worker(executorId)) {
                Q_EMIT(this->*requested)(*now);
            }
        });
    };
    add("inspectAction", tr("Inspect container…"), tr("Shows all data that Docker has about the container."),
        &WorkersPage::inspectRequested);
    add("shellAction", tr("Open shell in container"), tr("Opens a terminal window with a shell in the container."),
        &WorkersPage::shellRequested);
}

} // namespace lifeguard
