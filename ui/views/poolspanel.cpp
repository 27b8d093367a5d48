// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/poolspanel.h"

#include "ui/delegates/pooldelegate.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>

namespace lifeguard {

PoolsPanel::PoolsPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new PoolsModel(this))
    , m_view(new QListView(this))
    , m_controls(new QWidget(this))
    , m_reason(new QLabel(this))
    , m_start(new QPushButton(tr("Start"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_count(new QSpinBox(this))
{
    m_view->setObjectName(QStringLiteral("poolsView"));
    m_view->setAccessibleName(tr("Pools"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new PoolDelegate(this));
    m_view->setUniformItemSizes(true);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_empty = new EmptyState(m_view, tr("No pools"), tr("A pool is a number of workers of one type."), tr("Launch a pool…"));

    auto *heading = new QLabel(tr("Pools"), this);
    heading->setFont(theme::headingFont(font()));
    heading->setBuddy(m_view);

    m_start->setObjectName(QStringLiteral("startPoolButton"));
    m_start->setAccessibleName(tr("Start the selected pool"));
    m_start->setIcon(theme::icon(QStringLiteral("media-playback-start"), palette()));
    m_stop->setObjectName(QStringLiteral("stopPoolButton"));
    m_stop->setAccessibleName(tr("Stop the selected pool"));
    m_stop->setIcon(theme::icon(QStringLiteral("media-playback-stop"), palette()));
    m_count->setObjectName(QStringLiteral("poolCountSpin"));
    m_count->setAccessibleName(tr("Workers of the selected pool"));
    m_count->setRange(0, 1000);
    m_count->setKeyboardTracking(false);
    auto *countLabel = new QLabel(tr("Workers"), this);
    countLabel->setBuddy(m_count);
    m_reason->setObjectName(QStringLiteral("poolReason"));
    m_reason->setWordWrap(true);
    QPalette bad = palette();
    bad.setColor(QPalette::WindowText, theme::readable(theme::color(theme::Hue::Bad), palette().color(QPalette::Window)));
    m_reason->setPalette(bad);
    m_reason->hide();

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(theme::inside);
    buttons->addWidget(m_start, 1);
    buttons->addWidget(m_stop, 1);
    auto *count = new QHBoxLayout;
    count->addWidget(countLabel);
    count->addStretch();
    count->addWidget(m_count);
    auto *controls = new QVBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    controls->setSpacing(theme::inside);
    controls->addWidget(m_reason);
    controls->addLayout(count);
    controls->addLayout(buttons);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(heading);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_controls);

    connect(m_empty, &EmptyState::activated, this, &PoolsPanel::launchRequested);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &PoolsPanel::showControls);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &PoolsPanel::showControls);
    connect(m_view, &QWidget::customContextMenuRequested, this, &PoolsPanel::showMenu);
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (const PoolInfo *pool = current()) {
            Q_EMIT startRequested(pool->name);
        }
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (const PoolInfo *pool = current()) {
            Q_EMIT stopRequested(pool->name);
        }
    });
    connect(m_count, &QSpinBox::valueChanged, this, [this](int value) {
        const PoolInfo *pool = current();
        if (pool && pool->config.count != value) {
            Q_EMIT countRequested(pool->name, value);
        }
    });
    showControls();
}

void PoolsPanel::setPools(const QList<PoolInfo> &pools)
{
    m_model->setRows(pools);
    if (!m_view->currentIndex().isValid() && m_model->rowCount() > 0) {
        m_view->setCurrentIndex(m_model->index(0, 0));
    }
    showControls();
}

void PoolsPanel::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    m_empty->setDisabledReason(reason);
    showControls();
}

const PoolInfo *PoolsPanel::current() const
{
    const QModelIndex index = m_view->currentIndex();
    return index.isValid() ? &m_model->at(index.row()) : nullptr;
}

void PoolsPanel::showControls()
{
    const PoolInfo *pool = current();
    m_controls->setVisible(pool != nullptr);
    if (!pool) {
        return;
    }
    const bool allowed = m_disabledReason.isEmpty();
    const bool down = pool->state == PoolState::Stopped || pool->state == PoolState::CrashLooping;
    m_start->setEnabled(allowed && down);
    m_start->setToolTip(!allowed ? m_disabledReason : down ? tr("Start the workers of %1").arg(pool->name) : tr("It is not stopped."));
    const bool stoppable = pool->state != PoolState::Stopped && pool->state != PoolState::Stopping;
    m_stop->setEnabled(allowed && stoppable);
    m_stop->setToolTip(!allowed ? m_disabledReason
                       : stoppable ? tr("Stop the workers of %1 after the jobs they have begun").arg(pool->name)
                                   : tr("It is stopped already."));
    m_count->setEnabled(allowed);
    m_count->setToolTip(m_disabledReason);
    // Not while it is typed into.
    if (!m_count->hasFocus() || m_count->property("pool").toString() != pool->name) {
        const QSignalBlocker blocker(m_count);
        m_count->setValue(pool->config.count);
        m_count->setProperty("pool", pool->name);
    }
    m_reason->setText(pool->reason);
    m_reason->setVisible(!pool->reason.isEmpty());
}

void PoolsPanel::showMenu(const QPoint &position)
{
    const QModelIndex index = m_view->indexAt(position);
    if (!index.isValid()) {
        return;
    }
    m_view->setCurrentIndex(index);
    const QString name = m_model->at(index.row()).name;
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("poolsViewMenu"));
    menu->setToolTipsVisible(true);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &icon, const QString &text, const QWidget *like, auto signal) {
        QAction *action = menu->addAction(theme::icon(icon, palette()), text);
        action->setEnabled(like->isEnabled());
        action->setToolTip(like->toolTip());
        connect(action, &QAction::triggered, this, [this, name, signal] { Q_EMIT(this->*signal)(name); });
        return action;
    };
    add(QStringLiteral("media-playback-start"), tr("Start"), m_start, &PoolsPanel::startRequested);
    add(QStringLiteral("media-playback-stop"), tr("Stop"), m_stop, &PoolsPanel::stopRequested);
    menu->addSeparator();
    add(QStringLiteral("edit-delete"), tr("Stop and remove from the list"), m_count, &PoolsPanel::removeRequested);
    m_model->setHeld(true);
    connect(menu, &QMenu::aboutToHide, this, [this] { m_model->setHeld(false); });
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

} // namespace lifeguard
