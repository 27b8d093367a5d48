// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dashboard.h"

#include "core/base/paths.h"
#include "ui/dialogs/confirmationdialogs.h"
#include "ui/mainwindow.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>

namespace lifeguard {

namespace {

DatabaseChoice databaseOf(const DashboardOptions &options)
{
    return {options.database, options.workspace, options.readOnly};
}

/// Returns the one name of the database, so that two names of one file are not taken for two databases.
QString databaseName(const QString &path)
{
    const QString canonical = canonicalPath(path);
    return canonical.isEmpty() ? path : canonical;
}

} // namespace

Dashboard::Dashboard(theme::Mode mode, QObject *parent) : QObject(parent), m_mode(mode) {}

Dashboard::~Dashboard() = default;

void Dashboard::start(const DashboardOptions &startOptions)
{
    DashboardOptions options = startOptions;
    options.database = databaseName(options.database);
    m_workerProgram = options.workerProgram;
    m_session = std::make_unique<DashboardSession>(options);
    connect(m_session.get(), &DashboardSession::opened, this,
            [this] { rememberDatabase(databaseOf(m_session->options())); });
    createWindow();
    m_window->show();
    m_session->open();
}

void Dashboard::createWindow()
{
    std::unique_ptr<MainWindow> previous = std::move(m_window);
    if (previous) {
        previous->saveLayout();
    }
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->setTheme(m_mode);
    connect(m_window.get(), &MainWindow::openRequested, this, &Dashboard::open);
    connect(m_window.get(), &MainWindow::themeRequested, this, &Dashboard::setTheme);
    connect(m_window.get(), &MainWindow::readyToSwitch, this, &Dashboard::switchToCandidate);
    if (previous) {
        m_window->show();
        previous->hide();
        previous.release()->deleteLater(); // not at once: the caller may be one of its slots
        Q_EMIT windowReplaced();
    }
}

void Dashboard::open(const DatabaseChoice &requested)
{
    DatabaseChoice choice = requested;
    choice.database = databaseName(choice.database);
    if (choice == databaseOf(m_session->options()) && !m_session->hasFailed()) {
        return;
    }
    if (m_window->isClosing()) {
        return; // another database is being opened already, or the program quits
    }
    DashboardOptions options;
    options.database = choice.database;
    options.workspace = choice.workspace;
    options.readOnly = choice.readOnly;
    options.workerProgram = m_workerProgram;
    options.allowNetworkFile = m_session->options().allowNetworkFile;
    options.outputRoots = m_session->options().outputRoots;
    // "Open again" must not create an empty database in place of one that was deleted.
    options.mustExist = m_session->isDatabaseReplaced() && choice.database == m_session->options().database;
    m_candidate = std::make_unique<DashboardSession>(options);
    m_window->setOpening(choice.database);
    connect(m_candidate.get(), &DashboardSession::errorHappened, this,
            [this](const Error &error) { m_window->showError(error); });
    connect(m_candidate.get(), &DashboardSession::databaseReplaced, this,
            [this](const Error &error) { m_window->showError(error); });
    connect(m_candidate.get(), &DashboardSession::readinessChanged, this, &Dashboard::onCandidateReadinessChanged);
    m_candidate->open();
}

void Dashboard::onCandidateReadinessChanged()
{
    if (m_candidate->hasFailed()) {
        m_window->setOpening({});
        m_candidate.release()->deleteLater(); // not at once: it is emitting the signal
        return;
    }
    if (!m_candidate->isReady()) {
        return;
    }
    m_candidate->disconnect(this);
    m_window->setOpening({});
    if (!m_session->hasLiveWorkers()) {
        m_window->switchDatabase();
        return;
    }
    QMessageBox *box = switchConfirmation(m_session->manager()->workers(), m_candidate->options().database,
                                          m_window.get());
    connect(box, &QDialog::finished, this, [this, box] {
        if (!m_candidate || m_window->isClosing()) {
            return; // the program is quitting
        }
        if (box->buttonRole(box->clickedButton()) == QMessageBox::AcceptRole) {
            m_window->switchDatabase();
        } else {
            m_candidate.reset();
        }
    });
    box->open();
}

void Dashboard::switchToCandidate()
{
    std::unique_ptr<DashboardSession> previous = std::move(m_session);
    m_session = std::move(m_candidate);
    rememberDatabase(databaseOf(m_session->options()));
    createWindow();
    previous.release()->deleteLater(); // after its window, which was scheduled for deletion first
}

void Dashboard::setTheme(theme::Mode mode)
{
    if (mode == m_mode || m_window->isClosing()) {
        return;
    }
    m_mode = mode;
    QSettings().setValue(QStringLiteral("theme"), theme::toString(mode));
    theme::apply(*qApp, mode);
    createWindow();
}

void Dashboard::quitNow()
{
    m_candidate.reset();
    m_window->quitNow();
}

} // namespace lifeguard
