// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "core/base/futurecallbacks.h"
#include "ui/format.h"
#include "ui/dashboardsession.h"
#include "ui/theme.h"
#include "ui/views/busynote.h"
#include "ui/views/commandbar.h"
#include "ui/views/droptarget.h"
#include "ui/views/errorbar.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobspage.h"
#include "ui/views/livetable.h"
#include "ui/views/detailpane.h"
#include "ui/views/poolspanel.h"
#include "ui/views/statusstrip.h"
#include "ui/views/workerspage.h"

#include <QApplication>
#include <QDir>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace lifeguard {

MainWindow::MainWindow(DashboardSession &session, QWidget *parent)
    : QMainWindow(parent)
    , m_session(session)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("%1 – Lifeguard").arg(QDir::toNativeSeparators(session.options().workspace)));
    build();
    buildShortcuts();
    connectPages();
    connectSession();
    restoreLayout();
    showReadiness();
    session.republish();
}

MainWindow::~MainWindow() = default;

void MainWindow::build()
{
    const DashboardOptions &options = m_session.options();
    m_commands = new CommandBar({options.database, options.workspace, options.readOnly}, this);
    m_errorBar = new ErrorBar(this);
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
    layout->addWidget(m_errorBar);
    layout->addWidget(m_strip);
    layout->addWidget(body, 1);
    setCentralWidget(central);
}

void MainWindow::buildShortcuts()
{
    const auto shortcut = [this](const QKeySequence &keys, auto slot) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, slot);
    };
    shortcut(QKeySequence::Find, [this] {
        const QWidget *focused = QApplication::focusWidget();
        if (focused && m_detail->isAncestorOf(focused)) {
            m_detail->focusLogSearch();
        } else if (m_tabs->currentWidget() == m_jobs) {
            m_jobs->focusSearch();
        } else if (m_tabs->currentWidget() == m_events) {
            m_events->focusSearch();
        } else {
            m_workers->focusSearch();
        }
    });
    shortcut(QKeySequence::Quit, [this] { close(); });
    shortcut(QKeySequence(Qt::Key_F6), [this] { focusNextPart(); });
    for (int page = 0; page < m_tabs->count(); ++page) {
        shortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + page)), [this, page] { m_tabs->setCurrentIndex(page); });
    }
}

void MainWindow::focusNextPart()
{
    const QList<QWidget *> parts{m_pools, m_tabs, m_detail};
    const QWidget *focused = QApplication::focusWidget();
    qsizetype next = 0;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (focused && parts.at(i)->isAncestorOf(focused)) {
            next = (i + 1) % parts.size();
        }
    }
    // The first thing in it that takes the keyboard.
    QWidget *part = parts.at(next);
    for (QWidget *widget = part->nextInFocusChain(); widget && part->isAncestorOf(widget); widget = widget->nextInFocusChain()) {
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus)) {
            widget->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
}

void MainWindow::connectPages()
{
    connect(m_commands, &CommandBar::launchRequested, this, &MainWindow::launchPool);
    connect(m_commands, &CommandBar::addRequested, this, [this] { addJobs(); });
    connect(m_commands, &CommandBar::pauseAllRequested, this, [this] { m_session.manager()->pauseAll(); });
    connect(m_commands, &CommandBar::resumeAllRequested, this, [this] { m_session.manager()->resumeAll(); });
    connect(m_commands, &CommandBar::stopAllRequested, this, &MainWindow::stopAll);
    connect(m_commands, &CommandBar::killNowRequested, this, [this] { m_session.end(seconds(0)); });
    connect(m_commands, &CommandBar::askForDatabaseRequested, this, &MainWindow::askForDatabase);
    connect(m_commands, &CommandBar::openRequested, this, &MainWindow::openRequested);
    connect(m_commands, &CommandBar::workspaceRequested, this, [this] { openPath(m_session.options().workspace); });
    connect(m_commands, &CommandBar::themeRequested, this, &MainWindow::themeRequested);
    connect(m_commands, &CommandBar::quitRequested, this, &QWidget::close);
    connect(m_pools, &PoolsPanel::launchRequested, this, &MainWindow::launchPool);
    connect(m_workers, &WorkersPage::launchRequested, this, &MainWindow::launchPool);
    m_drop = new DropTarget(this);
    connect(m_drop, &DropTarget::dropped, this, &MainWindow::addJobs);
    connect(m_jobs, &JobsPage::addRequested, this, [this] { addJobs(); });
    connect(&m_session.adder(), &JobAdder::stateChanged, &m_commands->adding(), &BusyNote::setState);
    connect(&m_commands->adding(), &BusyNote::cancelRequested, &m_session.adder(), &JobAdder::cancel);

    connect(m_pools, &PoolsPanel::startRequested, this, [this](const QString &pool) { m_session.manager()->restartPool(pool); });
    connect(m_pools, &PoolsPanel::pauseRequested, this, [this](const QString &pool) { m_session.manager()->pausePool(pool); });
    connect(m_pools, &PoolsPanel::resumeRequested, this, [this](const QString &pool) { m_session.manager()->resumePool(pool); });
    connect(m_pools, &PoolsPanel::stopRequested, this, [this](const QString &pool) { m_session.manager()->stopPool(pool); });
    connect(m_pools, &PoolsPanel::removeRequested, this, [this](const QString &pool) { m_session.manager()->removePool(pool); });
    connect(m_pools, &PoolsPanel::countRequested, this,
            [this](const QString &pool, int count) { m_session.manager()->setPoolCount(pool, count); });

    const auto stop = [this](const QStringList &ids) {
        for (const QString &id : ids) {
            m_session.manager()->stopWorker(id);
        }
    };
    connect(m_workers, &WorkersPage::currentChanged, this, [this](const WorkerInfo &worker) {
        if (m_tabs->currentWidget() != m_jobs) {
            m_detail->showWorker(worker);
        }
    });
    connect(m_workers, &WorkersPage::logRequested, m_detail, &DetailPane::focusLog);
    connect(m_jobs, &JobsPage::currentJobChanged, this, &MainWindow::showJob);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        if (m_tabs->currentWidget() == m_jobs) {
            showJob(m_currentJob);
        } else if (const WorkerInfo *worker = m_workers->current(); worker && m_tabs->currentWidget() == m_workers) {
            m_detail->showWorker(*worker);
        }
    });
    connect(m_workers, &WorkersPage::stopRequested, this, stop);
    connect(m_workers, &WorkersPage::drainRequested, this, [this](const QStringList &ids) {
        for (const QString &id : ids) {
            m_session.manager()->drainWorker(id);
        }
    });
    connect(m_workers, &WorkersPage::killRequested, this, &MainWindow::askKill);
    connect(m_workers, &WorkersPage::diagnoseRequested, this, &MainWindow::diagnose);
    connect(m_workers, &WorkersPage::inspectRequested, this, &MainWindow::inspect);
    connect(m_workers, &WorkersPage::shellRequested, this, &MainWindow::openShell);
    connect(m_detail, &DetailPane::stopRequested, this, stop);
    connect(m_detail, &DetailPane::killRequested, this, &MainWindow::askKill);
    connect(m_detail, &DetailPane::openRequested, this, &MainWindow::openPath);
    connect(m_detail, &DetailPane::jobWanted, this, [this](qint64 id) {
        whenFinished(m_session.store().job(id), this, [this, id](const Result<Job> &job) {
            m_detail->setJob(id, job);
            if (job && id == m_currentJob) {
                m_detail->showJob(id, m_workers->workerOfRow(job->workerId));
            }
        });
    });
    connect(m_detail, &DetailPane::eventsWanted, this, [this](qint64 job, const QString &worker) {
        const auto asked = job ? m_session.store().eventsOfJob(job) : m_session.store().events(EventsPage::shownAtMost, worker);
        whenFinished(asked, this, [this, job, worker](const Result<QList<Event>> &events) {
            if (events) {
                m_detail->setEvents(job, worker, *events);
            }
        });
    });

    connect(m_jobs, &JobsPage::retryRequested, &m_session, &DashboardSession::retryJobs);
    connect(m_jobs, &JobsPage::cancelRequested, &m_session, &DashboardSession::cancelJobs);
    connect(m_jobs, &JobsPage::retryMatchingRequested, &m_session, &DashboardSession::retryMatching);
    connect(m_jobs, &JobsPage::cancelMatchingRequested, &m_session, &DashboardSession::cancelMatching);
    connect(m_jobs, &JobsPage::openRequested, this, &MainWindow::openPath);
    m_jobs->setWorkspace(m_session.options().workspace);
    m_jobs->setNameOfWorker([this](qint64 id) { return m_workers->nameOfWorker(id); });
}

void MainWindow::connectSession()
{
    const auto fail = [this](const Error &error) { m_errorBar->showError(error); };
    m_eventsFeed = new ListFeed<Event>([this] { return m_session.store().events(EventsPage::shownAtMost, {}, m_events->searchText()); },
                                       [this](const QList<Event> &events) { m_events->setEvents(events); }, fail, milliseconds(500),
                                       this);
    connect(m_jobs, &JobsPage::failed, m_errorBar, &ErrorBar::showError);
    const auto browse = [this] { m_jobs->setSource(jobSourceOf(m_session.store())); };
    connect(&m_session, &DashboardSession::opened, this, browse);
    if (m_session.isOpen()) {
        browse();
    }
    connect(m_events, &EventsPage::searchChanged, this, [this] {
        if (m_session.isOpen()) {
            m_eventsFeed->reset();
        }
    });
    connect(&m_session, &DashboardSession::errorHappened, m_errorBar, &ErrorBar::showError);
    connect(&m_session, &DashboardSession::noticed, m_errorBar, &ErrorBar::showNotice);
    connect(&m_session, &DashboardSession::readinessChanged, this, &MainWindow::showReadiness);
    connect(&m_session, &DashboardSession::opened, this, &MainWindow::showReadiness);
    connect(&m_session, &DashboardSession::snapshotRead, this, &MainWindow::onSnapshot);
    connect(&m_session, &DashboardSession::workersChanged, this, &MainWindow::onWorkers);
    connect(&m_session, &DashboardSession::poolsChanged, this, &MainWindow::onPools);
    connect(&m_session, &DashboardSession::eventHappened, this, [this] { m_eventsFeed->request(); });
    connect(&m_session, &DashboardSession::lockedChanged, this, &MainWindow::showLocked);
    connect(&m_session, &DashboardSession::ended, this, [this] {
        if (m_leaving) {
            Q_EMIT left();
            return;
        }
        m_mayClose = true;
        close();
    });

    auto *second = new QTimer(this); // ages grow without anything happening
    connect(second, &QTimer::timeout, this, [this] {
        m_strip->refresh();
        m_jobs->tick();
        m_events->tick();
    });
    second->start(std::chrono::seconds(1));
}

void MainWindow::showReadiness()
{
    const QString reason = m_session.disabledReason();
    m_commands->setDisabledReason(reason);
    m_commands->setEnding(isLeaving());
    m_commands->setFailed(m_session.hasFailed());
    showRunning();
    m_drop->setDisabledReason(reason);
    m_pools->setDisabledReason(reason);
    m_workers->setDisabledReason(reason);
    m_jobs->setDisabledReason(reason);
    m_detail->setDisabledReason(reason);
    theme::StateLook look;
    if (isLeaving()) {
        look = {theme::Hue::Quiet, theme::Shape::Half, tr("Stopping…")};
    } else if (m_session.hasFailed()) {
        look = {theme::Hue::Bad, theme::Shape::Cross, tr("No database")};
    } else if (!m_session.isOpen()) {
        look = {theme::Hue::Quiet, theme::Shape::Arc, tr("Opening…")};
    } else if (m_session.isLocked()) {
        look = {theme::Hue::Warning, theme::Shape::Triangle, tr("Database locked")};
    }
    m_strip->setOverride(look);
    if (m_session.isOpen()) {
        m_eventsFeed->request();
    }
}

void MainWindow::onSnapshot(const StoreSnapshot &snapshot)
{
    m_strip->setSnapshot(snapshot);
    m_jobs->setCounts(snapshot.counts);
    m_tabs->setTabText(m_tabs->indexOf(m_jobs), tr("Jobs %1").arg(format::count(snapshot.total().total())));
    m_jobs->refresh();
    m_detail->refresh();
    m_eventsFeed->request();
}

void MainWindow::onWorkers(const QList<WorkerInfo> &workers)
{
    m_workers->setWorkers(workers);
    m_strip->setWorkers(workers);
    const auto alive = std::count_if(workers.cbegin(), workers.cend(), [](const WorkerInfo &worker) { return worker.isAlive(); });
    m_tabs->setTabText(m_tabs->indexOf(m_workers), tr("Workers %1").arg(format::count(alive)));
}

void MainWindow::onPools(const QList<PoolInfo> &pools)
{
    m_pools->setPools(pools);
    m_strip->setPools(pools);
    showRunning();
}

void MainWindow::showRunning()
{
    if (!m_session.disabledReason().isEmpty()) {
        return;
    }
    const QList<PoolInfo> pools = m_session.manager()->pools();
    const auto anyIn = [&pools](std::initializer_list<PoolState> states) {
        return std::any_of(pools.cbegin(), pools.cend(), [&states](const PoolInfo &pool) {
            return std::find(states.begin(), states.end(), pool.state) != states.end();
        });
    };
    m_commands->setRunning(anyIn({PoolState::Running, PoolState::Starting}), anyIn({PoolState::Paused}));
}

void MainWindow::showJob(qint64 id)
{
    m_currentJob = id;
    if (m_tabs->currentWidget() == m_jobs) {
        m_detail->showJob(id, nullptr);
    }
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
    m_errorBar->showError(error);
}

void MainWindow::showLocked(bool locked)
{
    const QString notice = tr("Another program has locked the database. What you ask for is done once it is free; what is shown may be "
                              "as it was before.");
    if (locked) {
        m_errorBar->showNotice(notice);
    } else {
        m_errorBar->withdraw(notice);
    }
    showReadiness();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    m_commands->setFocus(Qt::OtherFocusReason);
}

void MainWindow::saveLayout() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/side"), m_side->saveState());
    settings.setValue(QStringLiteral("window/main"), m_main->saveState());
    settings.setValue(QStringLiteral("window/page"), m_tabs->currentIndex());
    const QList<LiveTable *> tables = findChildren<LiveTable *>();
    for (const LiveTable *table : tables) {
        table->saveColumns();
    }
    m_jobs->saveOrder();
}

void MainWindow::restoreLayout()
{
    const QSettings settings;
    if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray())) {
        // A first window fits on a small screen, with its frame.
        resize(QSize(1280, 800).boundedTo(screen()->availableSize() - QSize(16, 48)));
    }
    m_side->restoreState(settings.value(QStringLiteral("window/side")).toByteArray());
    m_main->restoreState(settings.value(QStringLiteral("window/main")).toByteArray());
    m_tabs->setCurrentIndex(settings.value(QStringLiteral("window/page"), 0).toInt());
    const QList<LiveTable *> tables = findChildren<LiveTable *>();
    for (LiveTable *table : tables) {
        table->restoreColumns();
    }
    m_jobs->restoreOrder();
}

} // namespace lifeguard
