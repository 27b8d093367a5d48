// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "ui/dashboardsession.h"
#include "ui/detailcontroller.h"
#include "ui/dialoglauncher.h"
#include "ui/dialogs/confirmationdialogs.h"
#include "ui/format.h"
#include "ui/sessioncloser.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/commandbar.h"
#include "ui/views/detailpane.h"
#include "ui/views/dropoverlay.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobspage.h"
#include "ui/views/messagebar.h"
#include "ui/views/poolspanel.h"
#include "ui/views/progressindicator.h"
#include "ui/views/pruningnotice.h"
#include "ui/views/statusstrip.h"
#include "ui/views/workerspage.h"
#include "ui/windowshortcuts.h"

#include <QCloseEvent>
#include <QDir>
#include <QMessageBox>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace lifeguard {

MainWindow::MainWindow(DashboardSession &session, QWidget *parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_closer(new SessionCloser(session, this))
    , m_dialogs(new DialogLauncher(
          session, [this](const QString &executorId) { return m_workers->worker(executorId); }, this))
{
    setObjectName(QStringLiteral("mainWindow"));
    //: Title of the window; %1 is the path of the workspace
    setWindowTitle(tr("%1 – Lifeguard").arg(QDir::toNativeSeparators(session.options().workspace)));
    build();
    new WindowShortcuts({m_pools, m_tabs, m_workers, m_jobs, m_events, m_detail}, this);
    connectCommands();
    connectPages();
    connectSession();
    layoutParts().restore();
    updateReadiness();
    session.republish();
}

MainWindow::~MainWindow() = default;

void MainWindow::build()
{
    const DashboardOptions &options = m_session.options();
    m_commands = new CommandBar({options.database, options.workspace, options.readOnly}, this);
    m_messages = new MessageBar(this);
    m_pruning = new PruningNotice(this);
    m_pruning->setReadOnly(options.readOnly);
    m_strip = new StatusStrip(this);
    m_pools = new PoolsPanel(this);
    m_workers = new WorkersPage(this);
    m_jobs = new JobsPage(this);
    m_events = new EventsPage(EventsPage::Scope::All, this);
    m_detail = new DetailPane(this);

    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setAccessibleName(tr("Workers, jobs and events"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_workers, tr("Workers"));
    m_tabs->addTab(m_jobs, tr("Jobs"));
    m_tabs->addTab(m_events, tr("Events"));

    m_main = new QSplitter(Qt::Vertical, this);
    m_main->addWidget(m_tabs);
    m_main->addWidget(m_detail);
    m_main->setStretchFactor(0, 3);
    m_main->setStretchFactor(1, 1);
    m_main->setChildrenCollapsible(false);
    m_main->setHandleWidth(theme::inside);
    m_side = new QSplitter(Qt::Horizontal, this);
    m_side->addWidget(m_pools);
    m_side->addWidget(m_main);
    m_side->setStretchFactor(0, 0);
    m_side->setStretchFactor(1, 1);
    m_side->setChildrenCollapsible(false);
    m_side->setHandleWidth(theme::between);
    m_side->setSizes({248, 1000});
    m_main->setSizes({430, 250});
    m_pools->setMinimumWidth(216);
    m_detail->setMinimumHeight(160);

    auto *body = new QWidget(this);
    auto *bodyLayout = new QVBoxLayout(body);
    bodyLayout->setContentsMargins(theme::between, theme::inside + theme::unit, theme::between, theme::between);
    bodyLayout->setSpacing(theme::between);
    bodyLayout->addWidget(m_commands);
    bodyLayout->addWidget(m_side, 1);

    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_pruning);
    layout->addWidget(m_strip);
    layout->addWidget(body, 1);
    setCentralWidget(central);
}

void MainWindow::connectCommands()
{
    connect(m_commands, &CommandBar::launchRequested, m_dialogs, &DialogLauncher::launchPools);
    connect(m_commands, &CommandBar::addRequested, m_dialogs, [this] { m_dialogs->addJobs(); });
    connect(m_commands, &CommandBar::pauseAllRequested, this, [this] { m_session.control().pauseAll(); });
    connect(m_commands, &CommandBar::resumeAllRequested, this, [this] { m_session.control().resumeAll(); });
    connect(m_commands, &CommandBar::stopAllRequested, this, &MainWindow::stopAll);
    connect(m_commands, &CommandBar::killNowRequested, this, [this] { m_session.end(seconds(0)); });
    connect(m_commands, &CommandBar::chooseDatabaseRequested, m_dialogs, &DialogLauncher::chooseDatabase);
    connect(m_commands, &CommandBar::openRequested, this, &MainWindow::openRequested);
    connect(m_commands, &CommandBar::workspaceRequested, m_dialogs,
            [this] { m_dialogs->openPath(m_session.options().workspace); });
    connect(m_commands, &CommandBar::configurationRequested, m_dialogs, &DialogLauncher::editConfiguration);
    connect(m_pruning, &PruningNotice::consentRequested, &m_session, &DashboardSession::consentToPruning);
    connect(m_pruning, &PruningNotice::keepRequested, this,
            [this] { keepHistoryHint([this] { m_dialogs->editConfiguration(); }, this)->open(); });
    connect(m_commands, &CommandBar::themeRequested, this, &MainWindow::themeRequested);
    connect(m_commands, &CommandBar::quitRequested, this, &QWidget::close);
    connect(&m_session.adder(), &JobAdder::stateChanged, &m_commands->progressIndicator(),
            &ProgressIndicator::setState);
    connect(&m_commands->progressIndicator(), &ProgressIndicator::cancelRequested, &m_session.adder(),
            &JobAdder::cancel);
    m_drop = new DropOverlay(this);
    connect(m_drop, &DropOverlay::dropped, m_dialogs, &DialogLauncher::addJobs);
    connect(m_dialogs, &DialogLauncher::jobsSubmitted, this, [this] { m_tabs->setCurrentWidget(m_jobs); });
    connect(m_dialogs, &DialogLauncher::databaseChosen, this, &MainWindow::openRequested);
    connect(m_dialogs, &DialogLauncher::errorHappened, m_messages, &MessageBar::showError);
    connect(m_closer, &SessionCloser::closingChanged, this, &MainWindow::updateReadiness);
    connect(m_closer, &SessionCloser::noticed, m_messages, &MessageBar::showNotice);
    connect(m_closer, &SessionCloser::readyToQuit, this, &QWidget::close);
    connect(m_closer, &SessionCloser::readyToSwitch, this, &MainWindow::readyToSwitch);
}

void MainWindow::connectPages()
{
    connect(m_pools, &PoolsPanel::launchRequested, m_dialogs, &DialogLauncher::launchPools);
    connect(m_pools, &PoolsPanel::commandRequested, this,
            [this](const QString &pool, CommandVerb verb, std::optional<int> number) {
                m_session.control().controlPool(verb, pool, number);
            });

    connect(m_workers, &WorkersPage::launchRequested, m_dialogs, &DialogLauncher::launchPools);
    connect(m_workers, &WorkersPage::stopRequested, this, &MainWindow::stopWorkers);
    connect(m_workers, &WorkersPage::drainRequested, this, [this](const QStringList &ids) {
        for (const QString &id : ids) {
            m_session.control().controlWorker(CommandVerb::Drain, id);
        }
    });
    connect(m_workers, &WorkersPage::killRequested, m_dialogs, &DialogLauncher::confirmKill);
    connect(m_workers, &WorkersPage::diagnoseRequested, m_dialogs, &DialogLauncher::diagnose);
    connect(m_workers, &WorkersPage::inspectRequested, m_dialogs, &DialogLauncher::inspectContainer);
    connect(m_workers, &WorkersPage::shellRequested, m_dialogs, &DialogLauncher::openShell);

    connect(m_detail, &DetailPane::stopRequested, this, &MainWindow::stopWorkers);
    connect(m_detail, &DetailPane::killRequested, m_dialogs, &DialogLauncher::confirmKill);
    connect(m_detail, &DetailPane::openRequested, m_dialogs, &DialogLauncher::openPath);
    new DetailController(m_session, *m_workers, *m_jobs, *m_tabs, *m_detail, this);

    connect(m_jobs, &JobsPage::addRequested, m_dialogs, [this] { m_dialogs->addJobs(); });
    connect(m_jobs, &JobsPage::retryRequested, &m_session, &DashboardSession::retryJobs);
    connect(m_jobs, &JobsPage::rerunRequested, &m_session, &DashboardSession::rerunJobs);
    connect(m_jobs, &JobsPage::rerunMatchingRequested, &m_session, &DashboardSession::rerunMatching);
    connect(m_jobs, &JobsPage::cancelRequested, &m_session, &DashboardSession::cancelJobs);
    connect(m_jobs, &JobsPage::retryMatchingRequested, &m_session, &DashboardSession::retryMatching);
    connect(m_jobs, &JobsPage::cancelMatchingRequested, &m_session, &DashboardSession::cancelMatching);
    connect(m_jobs, &JobsPage::openRequested, m_dialogs, &DialogLauncher::openPath);
    connect(m_jobs, &JobsPage::failed, m_messages, &MessageBar::showError);
    m_jobs->setWorkspace(m_session.options().workspace);
    m_jobs->setWorkerName([this](qint64 id) { return m_workers->workerName(id); });
}

/// Stops the pools of all managers. Asks if there are others than that of this window: their users may not expect it.
void MainWindow::stopAll()
{
    const QList<PoolInfo> pools = m_session.control().pools();
    const bool isAnyOther = std::any_of(pools.cbegin(), pools.cend(), [](const PoolInfo &pool) {
        return !pool.isOwn() && pool.state != PoolState::Stopped && pool.state != PoolState::Stopping;
    });
    const auto stop = [this] { m_session.control().stopAll(); };
    if (isAnyOther) {
        stopAllConfirmation(pools, stop, this)->open();
    } else {
        stop();
    }
}

void MainWindow::stopWorkers(const QStringList &executorIds)
{
    for (const QString &id : executorIds) {
        m_session.control().controlWorker(CommandVerb::Stop, id);
    }
}

void MainWindow::connectSession()
{
    m_eventsRefresher = new ListRefresher<Event>(
        [this] { return m_session.store().events(EventsPage::maxEvents, {}, m_events->searchText()); },
        [this](const QList<Event> &events) { m_events->setEvents(events); },
        [this](const Error &error) { m_messages->showError(error); }, milliseconds(500), this);
    const auto readJobs = [this] { m_jobs->setSource(jobSourceOf(m_session.store())); };
    connect(&m_session, &DashboardSession::opened, this, readJobs);
    if (m_session.isOpen()) {
        readJobs();
    }
    connect(m_events, &EventsPage::searchChanged, this, [this] {
        if (m_session.isOpen()) {
            m_eventsRefresher->restart();
        }
    });
    connect(&m_session, &DashboardSession::errorHappened, m_messages, &MessageBar::showError);
    connect(&m_session, &DashboardSession::databaseReplaced, this, &MainWindow::showReplaced);
    connect(&m_session, &DashboardSession::noticed, m_messages, &MessageBar::showNotice);
    connect(&m_session, &DashboardSession::readinessChanged, this, &MainWindow::updateReadiness);
    connect(&m_session, &DashboardSession::opened, this, &MainWindow::updateReadiness);
    connect(&m_session, &DashboardSession::snapshotRead, this, &MainWindow::onSnapshot);
    connect(&m_session, &DashboardSession::workersChanged, this, &MainWindow::onWorkers);
    connect(&m_session, &DashboardSession::poolsChanged, this, &MainWindow::onPools);
    connect(&m_session, &DashboardSession::eventHappened, this, [this] { m_eventsRefresher->refresh(); });
    connect(&m_session, &DashboardSession::lockedChanged, this, &MainWindow::onLockedChanged);

    auto *ageTimer = new QTimer(this); // ages increase even if nothing else changes
    connect(ageTimer, &QTimer::timeout, this, [this] {
        m_strip->refresh();
        m_jobs->tick();
        m_events->tick();
        updatePruning(); // the time or the configuration may have changed
    });
    ageTimer->start(std::chrono::seconds(1));
}

void MainWindow::updateReadiness()
{
    const QString reason = m_session.disabledReason();
    m_commands->setDisabledReason(reason);
    m_commands->setClosing(isClosing());
    m_commands->setFailed(m_session.hasFailed());
    updateRunning();
    m_drop->setDisabledReason(reason);
    m_pruning->setDisabledReason(reason);
    m_pools->setDisabledReason(reason);
    m_workers->setDisabledReason(reason);
    m_jobs->setDisabledReason(reason);
    m_detail->setDisabledReason(reason);
    theme::StateAppearance appearance;
    if (isClosing()) {
        appearance = {theme::Hue::Neutral, theme::Shape::Half, tr("Stopping…")};
    } else if (m_session.hasFailed()) {
        appearance = {theme::Hue::Bad, theme::Shape::Cross,
                      m_session.isDatabaseReplaced() ? tr("Database replaced") : tr("No database")};
    } else if (!m_session.isOpen()) {
        appearance = {theme::Hue::Neutral, theme::Shape::Arc, tr("Opening…")};
    } else if (m_session.isLocked()) {
        appearance = {theme::Hue::Warning, theme::Shape::Triangle, tr("Database locked")};
    }
    m_strip->setOverride(appearance);
    if (m_session.isOpen()) {
        m_eventsRefresher->refresh();
    }
}

void MainWindow::onSnapshot(const StoreSnapshot &snapshot)
{
    m_strip->setSnapshot(snapshot);
    updatePruning();
    m_jobs->setCounts(snapshot.counts);
    //: Title of a tab with the number of jobs
    m_tabs->setTabText(m_tabs->indexOf(m_jobs), tr("Jobs %1").arg(format::count(snapshot.total().total())));
    m_jobs->refresh();
    m_detail->refresh();
    m_eventsRefresher->refresh();
}

void MainWindow::onWorkers(const QList<WorkerInfo> &workers)
{
    m_workers->setWorkers(workers);
    m_strip->setWorkers(workers);
    const auto alive = std::count_if(workers.cbegin(), workers.cend(),
                                     [](const WorkerInfo &worker) { return worker.isAlive(); });
    //: Title of a tab with the number of living workers
    m_tabs->setTabText(m_tabs->indexOf(m_workers), tr("Workers %1").arg(format::count(alive)));
}

void MainWindow::onPools(const QList<PoolInfo> &pools)
{
    m_pools->setPools(pools);
    m_strip->setPools(pools);
    QStringList managers;
    for (const PoolInfo &pool : pools) {
        if (!pool.isOwn() && !managers.contains(pool.manager)) {
            managers.append(pool.manager);
        }
    }
    m_events->setOtherManagers(managers);
    updateRunning();
}

void MainWindow::updateRunning()
{
    if (!m_session.disabledReason().isEmpty()) {
        return;
    }
    const QList<PoolInfo> pools = m_session.control().pools();
    const auto isIn = [](const PoolInfo &pool, std::initializer_list<PoolState> states) {
        return std::find(states.begin(), states.end(), pool.state) != states.end();
    };
    const auto isAnyIn = [&](std::initializer_list<PoolState> states) {
        return std::any_of(pools.cbegin(), pools.cend(), [&](const PoolInfo &pool) { return isIn(pool, states); });
    };
    QStringList others;
    for (const PoolInfo &pool : pools) {
        if (isIn(pool, {PoolState::Running, PoolState::Starting, PoolState::Paused}) && !pool.isOwn()
            && !others.contains(pool.manager)) {
            others.append(pool.manager);
        }
    }
    m_commands->setRunning(isAnyIn({PoolState::Running, PoolState::Starting}), isAnyIn({PoolState::Paused}), others);
}

/// Shows the announcement of the first deletion of history, if there is one.
void MainWindow::updatePruning()
{
    const StoreSnapshot &snapshot = m_session.snapshot();
    std::optional<RetentionConfig> retention = snapshot.retention;
    // The manager that deletes may have another configuration than a window that only reads.
    if (!m_session.options().readOnly && (!retention || m_session.retention().isConfigured)) {
        retention = m_session.retention();
    }
    m_pruning->setAnnouncement(snapshot.pruningStartsAt, retention);
}

bool MainWindow::isClosing() const
{
    return m_closer->isClosing();
}

void MainWindow::quitNow()
{
    m_closer->quit();
}

void MainWindow::switchDatabase()
{
    m_closer->switchDatabase();
}

void MainWindow::setOpening(const QString &path)
{
    m_commands->setOpening(path);
}

void MainWindow::setTheme(theme::Mode mode)
{
    m_commands->setTheme(mode);
}

void MainWindow::showError(const Error &error)
{
    m_messages->showError(error);
}

void MainWindow::showNotice(const QString &text)
{
    m_messages->showNotice(text);
}

void MainWindow::showReplaced(const Error &error)
{
    m_messages->showErrorWithAction(error, tr("Open again"), [this] {
        const DashboardOptions &options = m_session.options();
        Q_EMIT openRequested({options.database, options.workspace, options.readOnly});
    });
}

void MainWindow::onLockedChanged(bool locked)
{
    if (!m_lockNotice.isEmpty()) {
        m_messages->removeNotice(m_lockNotice);
        m_lockNotice.clear();
    }
    if (locked) {
        //: %1: who has locked it, such as "the database is in use by lifeguard-worker (process 4711)"
        m_lockNotice = tr("Commands have to wait because %1. They are carried out when the lock is released; the "
                          "displayed data may be outdated.")
                           .arg(m_session.lockedText());
        m_messages->showNotice(m_lockNotice);
    }
    updateReadiness();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    m_commands->setFocus(Qt::OtherFocusReason);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_closer->mayCloseWindow()) {
        event->ignore();
        return;
    }
    saveLayout();
    event->accept();
}

void MainWindow::saveLayout() const
{
    layoutParts().save();
}

WindowLayout MainWindow::layoutParts() const
{
    return {const_cast<MainWindow *>(this), m_side, m_main, m_tabs, m_jobs};
}

} // namespace lifeguard
