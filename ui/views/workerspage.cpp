// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/workerspage.h"

#include "core/base/systemclock.h"
#include "core/config/workerconfig.h"
#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/theme.h"
#include "ui/format.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"
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

QString whyUntouchable(const WorkerInfo &worker)
{
    if (!worker.isAlive()) {
        return WorkersPage::tr("it is not alive");
    }
    if (!worker.own) {
        return WorkersPage::tr("another program started it");
    }
    return {};
}

WorkersPage::WorkersPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new WorkersModel(this))
    , m_proxy(new WorkersProxy(m_model, this))
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
                                      new StateDelegate([](int state) { return theme::look(WorkerState(state)); }, this));
    cells(WorkersModel::JobAgeColumn, CellDelegate::Kind::Duration);
    cells(WorkersModel::BeatColumn, CellDelegate::Kind::Ago);
    cells(WorkersModel::CpuColumn, CellDelegate::Kind::Load);
    cells(WorkersModel::MemoryColumn, CellDelegate::Kind::Bytes);
    cells(WorkersModel::DoneColumn, CellDelegate::Kind::Count);
    cells(WorkersModel::FailedColumn, CellDelegate::Kind::Count);
    cells(WorkersModel::UptimeColumn, CellDelegate::Kind::Duration);
    // State, name, type, number, mode, image, job, for, beat, load, memory, done, failed, uptime, pid, why: the name says type and
    // number, and the job's column says why.
    m_table->setWidths({96, 104, 0, 0, 60, 0, 180, 56, 72, 92, 72, 52, 56, 60, 0, 0}, WorkersModel::JobColumn);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(WorkersModel::NameColumn, Qt::AscendingOrder);
    m_table->setHold([this](bool held) { m_model->setHeld(held); });
    m_table->setFillMenu([this](QMenu &menu) { fillMenu(menu); });
    m_empty = new EmptyState(m_table, tr("No workers yet"),
                             tr("Launch a pool: its workers appear here and take the waiting jobs of their type."),
                             tr("Launch pools…"));

    m_search = new SearchBar(QStringLiteral("worker"), tr("Search names, states, jobs, reasons (Ctrl+F)"), m_table, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_search);
    layout->addWidget(m_table);
    connect(m_search, &SearchBar::filterChanged, this, [this](const QString &words) {
        m_proxy->setFilterWords(words);
        showCount();
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
}

void WorkersPage::setWorkers(const QList<WorkerInfo> &workers)
{
    m_model->setWorkers(workers, SystemClock().steadyNow());
    const bool chosen = m_table->selectionModel()->hasSelection();
    if (!m_model->isHeld() && !(chosen && m_proxy->sortsByVolatileColumn())) {
        m_proxy->sortIfNeeded();
    }
    if (!m_model->isHeld() && !chosen && m_proxy->isFiltered()) {
        m_proxy->refilter();
    }
    showCount();
    if (!m_shownFirst && m_proxy->rowCount() > 0) {
        m_shownFirst = true;
        if (!chosen) {
            m_table->selectRow(0);
        }
    }
    announceCurrent();
}

void WorkersPage::showCount()
{
    const int all = m_model->rowCount();
    const int shown = m_proxy->rowCount();
    m_search->setShown(m_proxy->isFiltered() ? tr("%1 of %2").arg(format::count(shown), format::count(all)) : QString());
    if (m_proxy->isFiltered()) {
        m_empty->setWords(tr("No worker has that"), tr("Search for something else, or clear the search with Escape."), false);
    } else {
        m_empty->setWords(tr("No workers yet"), tr("Launch a pool: its workers appear here and take the waiting jobs of their type."), true);
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

QString WorkersPage::nameOfWorker(qint64 workerId) const
{
    const WorkerInfo *worker = workerOfRow(workerId);
    return worker ? worker->name() : QString();
}

const WorkerInfo *WorkersPage::workerOfRow(qint64 workerId) const
{
    const QList<WorkerInfo> &workers = m_model->rows();
    const auto found = std::find_if(workers.cbegin(), workers.cend(), [workerId](const WorkerInfo &worker) { return worker.workerId == workerId; });
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
    const QList<WorkerInfo> workers = selected();
    QStringList touchable;
    QString reason = m_disabledReason;
    for (const WorkerInfo &worker : workers) {
        const QString why = whyUntouchable(worker);
        if (why.isEmpty()) {
            touchable.append(worker.executorId);
        } else if (reason.isEmpty()) {
            reason = why;
        }
    }
    const bool able = m_disabledReason.isEmpty() && !touchable.isEmpty();
    const int count = int(touchable.size());
    const auto label = [&](const QString &verb) {
        return able ? (count > 1 ? tr("%1 %2 workers").arg(verb).arg(count) : verb) : tr("%1 – %2").arg(verb, reason);
    };
    QAction *stop = menu.addAction(theme::icon(QStringLiteral("media-playback-stop"), palette()), label(tr("Stop")));
    stop->setObjectName(QStringLiteral("stopWorkerAction"));
    stop->setEnabled(able);
    stop->setToolTip(able ? tr("Let it end; a job that is not done within its grace goes back. The pool gets smaller by one.") : reason);
    connect(stop, &QAction::triggered, this, [this, touchable] { Q_EMIT stopRequested(touchable); });
    QAction *drain = menu.addAction(theme::icon(QStringLiteral("media-playback-pause"), palette()), label(tr("Drain")));
    drain->setObjectName(QStringLiteral("drainWorkerAction"));
    drain->setEnabled(able);
    drain->setToolTip(able ? tr("Let it finish its job, however long that takes, and end. The pool gets smaller by one.") : reason);
    connect(drain, &QAction::triggered, this, [this, touchable] { Q_EMIT drainRequested(touchable); });

    QList<WorkerInfo> victims;
    for (const WorkerInfo &worker : workers) {
        if (touchable.contains(worker.executorId)) {
            victims.append(worker);
        }
    }
    QAction *kill = menu.addAction(theme::icon(QStringLiteral("process-stop"), palette()), able ? label(tr("Kill")) + tr("…") : label(tr("Kill")));
    kill->setObjectName(QStringLiteral("killWorkerAction"));
    kill->setEnabled(able);
    kill->setToolTip(able ? tr("End it at once with all it started; the pool replaces it.") : reason);
    connect(kill, &QAction::triggered, this, [this, victims] { Q_EMIT killRequested(victims); });
    menu.addSeparator();

    QAction *diagnose = menu.addAction(theme::icon(QStringLiteral("view-statistics"), palette()), tr("Diagnose"));
    diagnose->setObjectName(QStringLiteral("diagnoseAction"));
    diagnose->setShortcut(diagnoseKeys());
    diagnose->setShortcutContext(Qt::WidgetShortcut); // shown only: the page does it
    diagnose->setToolTip(tr("What it is doing, or why it does nothing: processes, CPU and memory, open files, a stack."));
    // The one that the details are about, else the first: one at a time.
    const WorkerInfo *chosen = current();
    const QString diagnosed = chosen && (workers.isEmpty() || std::any_of(workers.cbegin(), workers.cend(), [chosen](const WorkerInfo &worker) {
        return worker.executorId == chosen->executorId;
    })) ? chosen->executorId : workers.isEmpty() ? QString() : workers.first().executorId;
    diagnose->setEnabled(!diagnosed.isEmpty());
    connect(diagnose, &QAction::triggered, this, [this, diagnosed] {
        if (const WorkerInfo *now = worker(diagnosed)) {
            Q_EMIT diagnoseRequested(*now);
        }
    });

    addContainerActions(menu, diagnosed);

    QAction *log = menu.addAction(theme::icon(QStringLiteral("view-list-text"), palette()), tr("Show log"));
    log->setObjectName(QStringLiteral("showLogAction"));
    const bool hasLog = !workers.isEmpty() && !workers.first().logPath.isEmpty();
    log->setEnabled(hasLog);
    if (!hasLog) {
        log->setText(tr("Show log – it is not known where it writes one"));
    }
    connect(log, &QAction::triggered, this, [this] {
        announceCurrent();
        Q_EMIT logRequested();
    });
    QAction *copy = menu.addAction(theme::icon(QStringLiteral("edit-copy"), palette()), tr("Copy id"));
    copy->setObjectName(QStringLiteral("copyWorkerIdAction"));
    QStringList ids;
    for (const WorkerInfo &worker : workers) {
        ids.append(worker.executorId);
    }
    connect(copy, &QAction::triggered, this, [ids] { QGuiApplication::clipboard()->setText(ids.join(QLatin1Char('\n'))); });
}

/// What only a worker in a container has, of those that this window started.
void WorkersPage::addContainerActions(QMenu &menu, const QString &executorId)
{
    const WorkerInfo *chosen = worker(executorId);
    QString why;
    if (!chosen || chosen->mode != toString(ExecutionMode::Docker)) {
        why = tr("it runs in no container");
    } else {
        why = whyUntouchable(*chosen);
    }
    const auto add = [&](const char *name, const char *icon, const QString &verb, const QString &tip, void (WorkersPage::*requested)(const WorkerInfo &)) {
        QAction *action = menu.addAction(theme::icon(QString::fromLatin1(icon), palette()), why.isEmpty() ? verb : tr("%1 – %2").arg(verb, why));
        action->setObjectName(QString::fromLatin1(name));
        action->setEnabled(why.isEmpty());
        action->setToolTip(why.isEmpty() ? tip : why);
        connect(action, &QAction::triggered, this, [this, executorId, requested] {
            if (const WorkerInfo *now = worker(executorId)) {
                Q_EMIT (this->*requested)(*now);
            }
        });
    };
    add("inspectAction", "view-list-text", tr("Inspect container…"), tr("All that Docker knows of its container"), &WorkersPage::inspectRequested);
    add("shellAction", "view-list-text", tr("Open shell in container"), tr("A shell in its container, in a terminal window of its own"),
        &WorkersPage::shellRequested);
}

} // namespace lifeguard
