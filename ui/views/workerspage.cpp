// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/workerspage.h"

#include "core/base/systemclock.h"
#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"
#include "ui/views/searchbar.h"
#include "ui/views/workerscontextmenu.h"

#include <QHeaderView>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace lifeguard {

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
    m_table->setMenuBuilder([this](QMenu &menu) { WorkersContextMenu(menu, *this).fill(m_disabledReason); });
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

    auto *diagnose = new QShortcut(WorkersContextMenu::diagnoseKeys(), this);
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
    const bool hasLongNames = std::any_of(workers.cbegin(), workers.cend(),
                                          [](const WorkerInfo &worker) { return !worker.manager.isEmpty(); });
    if (hasLongNames && !std::exchange(m_hasWideNames, true)) { // "noop-0@run-4711"
        constexpr int wide = 168;
        m_table->setColumnWidth(WorkersModel::NameColumn,
                                std::max(wide, m_table->columnWidth(WorkersModel::NameColumn)));
    }
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

} // namespace lifeguard
