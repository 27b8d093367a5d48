// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/poolspanel.h"

#include "ui/delegates/pooldelegate.h"
#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/inlinemessage.h"
#include "ui/views/menuactions.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lifeguard {

namespace {

constexpr int maxWorkers = 1000;

/// Returns a line that says where the count comes from; empty if that is the launch of the pool.
QString countSourceText(const PoolInfo &pool)
{
    if (pool.countSource == CountSource::File) {
        return QLatin1Char('\n') + PoolsPanel::tr("The number comes from the configuration file.");
    }
    if (pool.countSource == CountSource::Hand) {
        return QLatin1Char('\n')
             + PoolsPanel::tr("The number was set by hand. If the pool is in a configuration file, the number applies "
                              "until the file's number changes.");
    }
    return {};
}

} // namespace

PoolsPanel::PoolsPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new PoolsModel(this))
    , m_view(new QListView(this))
    , m_controls(new QWidget(this))
    , m_reason(new InlineMessage(QStringLiteral("poolReason"), this))
    , m_launch(new QToolButton(this))
    , m_start(new QPushButton(tr("Start"), this))
    , m_pause(new QPushButton(tr("Pause"), m_controls))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_count(new QSpinBox(this))
    , m_scaling(new QLabel(m_controls))
    , m_followQueue(new QToolButton(m_controls))
{
    m_order.setNumericMode(true);
    m_view->setObjectName(QStringLiteral("poolsView"));
    m_view->setAccessibleName(tr("Pools"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new PoolDelegate(this));
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->installEventFilter(this);
    m_empty = new EmptyState(m_view, tr("No pools"), tr("A pool keeps a number of workers of one type running."),
                             tr("Launch pools…"));

    auto *heading = new QLabel(tr("Pools"), this);
    heading->setFont(theme::headingFont(font()));
    heading->setBuddy(m_view);
    m_launch->setObjectName(QStringLiteral("launchMoreButton"));
    m_launch->setAccessibleName(tr("Launch pools"));
    m_launch->setIcon(theme::icon(QStringLiteral("list-add"), palette()));
    m_launch->setAutoRaise(true);
    m_launch->setFocusPolicy(Qt::StrongFocus);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(0, 0, 0, 0);
    top->addWidget(heading, 1);
    top->addWidget(m_launch);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(top);
    layout->addWidget(m_view, 1);
    layout->addWidget(buildControls());

    connect(m_launch, &QToolButton::clicked, this, &PoolsPanel::launchRequested);
    connect(m_empty, &EmptyState::activated, this, &PoolsPanel::launchRequested);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &PoolsPanel::showControls);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &PoolsPanel::showControls);
    connect(m_view, &QWidget::customContextMenuRequested, this, &PoolsPanel::showMenu);
    connect(m_start, &QPushButton::clicked, this, [this] { request(CommandVerb::Start); });
    connect(m_pause, &QPushButton::clicked, this, [this] {
        const PoolInfo *pool = current();
        request(pool && pool->state == PoolState::Paused ? CommandVerb::Resume : CommandVerb::Pause);
    });
    connect(m_stop, &QPushButton::clicked, this, [this] { request(CommandVerb::Stop); });
    connect(m_followQueue, &QToolButton::clicked, this, [this] { request(CommandVerb::Scale); });
    connect(m_count, &QSpinBox::valueChanged, this, [this](int value) {
        const PoolInfo *pool = current();
        if (pool && pool->config.count != value) {
            Q_EMIT commandRequested(pool->key(), CommandVerb::Scale, value);
        }
    });
    showControls();
}

QWidget *PoolsPanel::buildControls()
{
    m_start->setObjectName(QStringLiteral("startPoolButton"));
    m_start->setAccessibleName(tr("Start the selected pool"));
    m_start->setIcon(theme::icon(QStringLiteral("media-playback-start"), palette()));
    m_pause->setObjectName(QStringLiteral("pausePoolButton"));
    m_stop->setObjectName(QStringLiteral("stopPoolButton"));
    m_stop->setAccessibleName(tr("Stop the selected pool"));
    m_stop->setIcon(theme::icon(QStringLiteral("media-playback-stop"), palette()));
    m_count->setObjectName(QStringLiteral("poolCountSpin"));
    m_count->setAccessibleName(tr("Workers of the selected pool"));
    m_count->setRange(0, maxWorkers);
    m_count->setKeyboardTracking(false);
    auto *countLabel = new QLabel(tr("Workers"), this);
    countLabel->setBuddy(m_count);
    m_scaling->setObjectName(QStringLiteral("poolScalingLabel"));
    m_scaling->setFont(theme::smallFont(font()));
    m_followQueue->setObjectName(QStringLiteral("followQueueButton"));
    m_followQueue->setText(tr("Follow the queue"));
    m_followQueue->setAutoRaise(true);
    m_followQueue->setFocusPolicy(Qt::StrongFocus);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(theme::unit);
    buttons->addWidget(m_start, 1);
    buttons->addWidget(m_pause, 1);
    buttons->addWidget(m_stop, 1);
    auto *count = new QHBoxLayout;
    count->addWidget(countLabel);
    count->addStretch();
    count->addWidget(m_scaling);
    count->addWidget(m_count);
    auto *controls = new QVBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    controls->setSpacing(theme::inside);
    controls->addWidget(m_reason);
    controls->addLayout(count);
    controls->addWidget(m_followQueue, 0, Qt::AlignRight);
    controls->addLayout(buttons);
    return m_controls;
}

bool PoolsPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::ContextMenu
        && static_cast<QContextMenuEvent *>(event)->reason() == QContextMenuEvent::Keyboard) {
        // A menu that is opened with the keyboard appears at the current pool, not at the pointer.
        if (const QModelIndex index = m_view->currentIndex(); index.isValid()) {
            m_view->scrollTo(index);
            showMenu(m_view->visualRect(index).center());
        }
        return true;
    }
    const PoolInfo *pool = current();
    if (watched != m_view || event->type() != QEvent::KeyPress || !pool || !m_disabledReason.isEmpty()) {
        return QWidget::eventFilter(watched, event);
    }
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Plus:
        changeCount(*pool, 1);
        return true;
    case Qt::Key_Minus:
        changeCount(*pool, -1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
        m_count->setFocus(Qt::ShortcutFocusReason);
        m_count->selectAll();
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

void PoolsPanel::changeCount(const PoolInfo &pool, int by)
{
    const int count = std::clamp(pool.config.count + by, 0, maxWorkers);
    if (count != pool.config.count) {
        Q_EMIT commandRequested(pool.key(), CommandVerb::Scale, count);
    }
}

/// Requests a command for the selected pool.
void PoolsPanel::request(CommandVerb verb)
{
    if (const PoolInfo *pool = current()) {
        Q_EMIT commandRequested(pool->key(), verb, std::nullopt);
    }
}

void PoolsPanel::setPools(const QList<PoolInfo> &pools)
{
    QList<PoolInfo> ordered = pools;
    // Natural order: plantuml-2 before plantuml-10.
    std::stable_sort(ordered.begin(), ordered.end(),
                     [this](const PoolInfo &a, const PoolInfo &b) { return m_order.compare(a.key(), b.key()) < 0; });
    m_model->setRows(ordered);
    if (!m_view->currentIndex().isValid() && m_model->rowCount() > 0) {
        m_view->setCurrentIndex(m_model->index(0, 0));
    }
    showControls();
}

void PoolsPanel::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    m_empty->setDisabledReason(reason);
    m_launch->setEnabled(reason.isEmpty());
    m_launch->setToolTip(reason.isEmpty() ? tr("Launch pools (Ctrl+N)") : format::sentence(reason));
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
    const bool isStopped = pool->state == PoolState::Stopped || pool->state == PoolState::CrashLooping;
    m_start->setEnabled(allowed && isStopped);
    m_start->setToolTip(!allowed    ? format::sentence(m_disabledReason)
                        : isStopped ? tr("Start the workers of %1").arg(pool->key())
                                    : tr("The pool is not stopped."));
    const bool isPaused = pool->state == PoolState::Paused;
    const bool canPause = isPaused || pool->state == PoolState::Running || pool->state == PoolState::Starting;
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->setAccessibleName(isPaused ? tr("Resume the selected pool") : tr("Pause the selected pool"));
    m_pause->setEnabled(allowed && canPause);
    m_pause->setToolTip(!allowed    ? format::sentence(m_disabledReason)
                        : !canPause ? tr("The pool is not running.")
                        : isPaused
                            ? tr("Let the workers of %1 claim jobs again").arg(pool->key())
                            : tr("Let the workers of %1 finish their jobs, but claim no more until you resume the pool")
                                  .arg(pool->key()));
    const bool canStop = pool->state != PoolState::Stopped && pool->state != PoolState::Stopping;
    m_stop->setEnabled(allowed && canStop);
    m_stop->setToolTip(!allowed ? format::sentence(m_disabledReason)
                       : canStop
                           ? tr("Stop the workers of %1 after their jobs, or after the grace period").arg(pool->key())
                           : tr("The pool is already stopped."));
    m_count->setEnabled(allowed);
    m_count->setToolTip(allowed ? tr("Number of workers (+ and − in the list of pools)") + countSourceText(*pool)
                                : format::sentence(m_disabledReason));
    // Do not overwrite a number that is being typed.
    const auto *field = m_count->findChild<QLineEdit *>();
    const bool isTyping = m_count->hasFocus() && field && field->isModified();
    if (!isTyping || m_count->property("pool").toString() != pool->key()) {
        const QSignalBlocker blocker(m_count);
        m_count->setValue(pool->config.count);
        m_count->setProperty("pool", pool->key());
    }
    showScaling(*pool);
    constexpr int maxLength = 280;
    const QString reason = pool->reason.size() > maxLength ? pool->reason.left(maxLength) + QChar(0x2026)
                                                           : format::sentence(pool->reason);
    if (reason.isEmpty()) {
        m_reason->clear();
    } else if (pool->state == PoolState::CrashLooping) {
        //: %1 is a sentence
        m_reason->setMessage(theme::Hue::Bad, tr("Lifeguard no longer restarts these workers. %1\nFix the cause, then "
                                                 "press Start. The log of the workers has more details.")
                                                  .arg(reason));
    } else {
        m_reason->setMessage(theme::Hue::Warning, reason);
    }
    m_reason->setToolTip(pool->reason);
}

void PoolsPanel::showScaling(const PoolInfo &pool)
{
    const bool allowed = m_disabledReason.isEmpty();
    const bool isSuspended = pool.scalingBounds && pool.countSource != CountSource::Scaling;
    m_scaling->setVisible(pool.scalingBounds.has_value());
    //: %1 is a range of numbers of workers, "0–8"
    m_scaling->setText(tr("scaling %1").arg(scalingRange(pool)));
    m_scaling->setEnabled(!isSuspended);
    m_scaling->setToolTip(isSuspended ? tr("The count was set by hand and does not follow the pending jobs.")
                                      : tr("The number of workers follows the pending jobs. A number that you set "
                                           "stays in force until you let it follow the queue again."));
    m_followQueue->setVisible(isSuspended);
    m_followQueue->setEnabled(allowed);
    m_followQueue->setToolTip(allowed
                                  ? tr("Let the number of workers of %1 follow the pending jobs again").arg(pool.key())
                                  : format::sentence(m_disabledReason));
}

void PoolsPanel::showMenu(const QPoint &position)
{
    const QModelIndex index = m_view->indexAt(position);
    if (!index.isValid()) {
        return;
    }
    m_view->setCurrentIndex(index);
    const PoolInfo pool = m_model->at(index.row());
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("poolsViewMenu"));
    menu->setToolTipsVisible(true);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString key = pool.key();
    const auto add = [&](const char *name, const char *icon, const QString &text, const QString &toolTip,
                         const QString &disabledReason, auto slot) {
        const QString reason = m_disabledReason.isEmpty() ? disabledReason : m_disabledReason;
        QAction *action = addMenuAction(*menu, name, icon, text, reason);
        if (reason.isEmpty() && !toolTip.isEmpty()) {
            action->setToolTip(toolTip);
        }
        connect(action, &QAction::triggered, this, slot);
    };
    const auto send = [this, key](CommandVerb verb) {
        return [this, key, verb] { Q_EMIT commandRequested(key, verb, std::nullopt); };
    };
    const bool isStopped = pool.state == PoolState::Stopped || pool.state == PoolState::CrashLooping;
    const bool isRunning = pool.state == PoolState::Running || pool.state == PoolState::Starting;
    const bool isPaused = pool.state == PoolState::Paused;
    const QString notRunning = isRunning ? QString()
                             : isPaused  ? tr("the pool is paused")
                                         : tr("the pool is not running");
    const QString stopReason = pool.state == PoolState::Stopped  ? tr("the pool is already stopped")
                             : pool.state == PoolState::Stopping ? tr("the pool is already stopping")
                                                                 : QString();
    add("startPoolAction", "media-playback-start", tr("Start"), {},
        isStopped ? QString() : tr("the pool is not stopped"), send(CommandVerb::Start));
    if (isPaused) {
        add("resumePoolAction", "media-playback-start", tr("Resume"), tr("Lets the workers claim jobs again."), {},
            send(CommandVerb::Resume));
    } else {
        add("pausePoolAction", "media-playback-pause", tr("Pause"),
            tr("Lets the workers finish their jobs, but claim no more until you resume the pool."), notRunning,
            send(CommandVerb::Pause));
    }
    addPauseMenu(*menu, pool);
    add("stopPoolAction", "media-playback-stop", tr("Stop"),
        tr("Stops the workers after their jobs, or after the grace period."), stopReason, send(CommandVerb::Stop));
    add("drainPoolAction", "", tr("Drain"),
        tr("Stops the pool when its workers have finished their jobs, without a time limit."), stopReason,
        send(CommandVerb::Drain));
    menu->addSeparator();
    add("recyclePoolAction", "view-refresh", tr("Recycle workers"),
        tr("Replaces the workers one after another, each after its job."), notRunning, send(CommandVerb::Recycle));
    add("restartPoolAction", "", tr("Restart workers"),
        tr("Stops all workers after their jobs, or after the grace period, and starts new ones at once."), notRunning,
        send(CommandVerb::Restart));
    menu->addSeparator();
    const auto change = [this, key](int by) {
        if (const PoolInfo *now = m_model->find(key)) { // the count may have changed while the menu was open
            changeCount(PoolInfo(*now), by);
        }
    };
    add("morePoolAction", "list-add", tr("Add one worker"), {},
        pool.config.count < maxWorkers ? QString() : tr("a pool has at most %Ln worker(s)", nullptr, maxWorkers),
        [change] { change(1); });
    add("fewerPoolAction", "list-remove", tr("Remove one worker"), {},
        pool.config.count > 0 ? QString() : tr("the pool has no workers"), [change] { change(-1); });
    if (pool.scalingBounds) {
        add("followQueueAction", "", tr("Follow the queue"), {},
            pool.countSource == CountSource::Scaling ? tr("the pool already follows the queue") : QString(),
            send(CommandVerb::Scale));
    }
    menu->addSeparator();
    add("removePoolAction", "edit-delete",
        isStopped && pool.alive == 0 ? tr("Remove pool") : tr("Stop and remove pool"), {}, {},
        send(CommandVerb::Remove));
    m_model->setHeld(true);
    connect(menu, &QMenu::aboutToHide, this, [this] { m_model->setHeld(false); });
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

/// Adds the submenu for pauses that end by themselves. It also limits a pause that has begun.
void PoolsPanel::addPauseMenu(QMenu &menu, const PoolInfo &pool)
{
    const bool applies = pool.state == PoolState::Running || pool.state == PoolState::Starting
                      || pool.state == PoolState::Paused;
    const QString reason = !m_disabledReason.isEmpty() ? m_disabledReason
                         : applies                     ? QString()
                                                       : tr("the pool is not running");
    if (!reason.isEmpty()) {
        addMenuAction(menu, "pausePoolForAction", "", tr("Pause for"), reason);
        return;
    }
    QMenu *times = menu.addMenu(tr("Pause for"));
    times->setObjectName(QStringLiteral("pausePoolForMenu"));
    for (const auto &[text, time] : {std::pair(tr("10 minutes"), 600), std::pair(tr("1 hour"), 3600),
                                     std::pair(tr("4 hours"), 4 * 3600), std::pair(tr("1 day"), 24 * 3600)}) {
        QAction *action = times->addAction(text);
        action->setObjectName(QStringLiteral("pausePoolFor%1").arg(time));
        connect(action, &QAction::triggered, this,
                [this, key = pool.key(), number = time] { Q_EMIT commandRequested(key, CommandVerb::Pause, number); });
    }
}

} // namespace lifeguard
