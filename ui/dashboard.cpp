// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dashboard.h"

#include "ui/dialogs/questions.h"
#include "ui/mainwindow.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>

namespace lifeguard {

namespace {

DatabaseChoice choiceOf(const DashboardOptions &options)
{
    return {options.database, options.workspace, options.readOnly};
}

} // namespace

Dashboard::Dashboard(theme::Mode mode, QObject *parent)
    : QObject(parent)
    , m_mode(mode)
{
}

Dashboard::~Dashboard() = default;

void Dashboard::start(const DashboardOptions &options)
{
    m_workerProgram = options.workerProgram;
    m_session = std::make_unique<DashboardSession>(options);
    connect(m_session.get(), &DashboardSession::opened, this, [this] { rememberDatabase(choiceOf(m_session->options())); });
    makeWindow();
    m_window->show();
    m_session->open();
}

void Dashboard::makeWindow()
{
    std::unique_ptr<MainWindow> before = std::move(m_window);
    if (before) {
        before->saveLayout();
    }
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->setTheme(m_mode);
    connect(m_window.get(), &MainWindow::openRequested, this, &Dashboard::open);
    connect(m_window.get(), &MainWindow::themeRequested, this, &Dashboard::setTheme);
    connect(m_window.get(), &MainWindow::left, this, &Dashboard::takeCandidate);
    if (before) {
        m_window->show();
        before->hide();
        before.release()->deleteLater(); // it may be what asked for this
        Q_EMIT windowReplaced();
    }
}

void Dashboard::open(const DatabaseChoice &choice)
{
    if (choice == choiceOf(m_session->options()) && !m_session->hasFailed()) {
        return;
    }
    if (m_window->isLeaving()) {
        return; // on the way to another one
    }
    DashboardOptions options;
    options.database = choice.database;
    options.workspace = choice.workspace;
    options.readOnly = choice.readOnly;
    options.workerProgram = m_workerProgram;
    m_candidate = std::make_unique<DashboardSession>(options);
    m_window->setOpening(choice.database);
    connect(m_candidate.get(), &DashboardSession::errorHappened, this, [this](const Error &error) { m_window->showError(error); });
    connect(m_candidate.get(), &DashboardSession::readinessChanged, this, &Dashboard::considerCandidate);
    m_candidate->open();
}

void Dashboard::considerCandidate()
{
    if (m_candidate->hasFailed()) {
        m_window->setOpening({});
        m_candidate.release()->deleteLater(); // it is telling
        return;
    }
    if (!m_candidate->isReady()) {
        return;
    }
    m_candidate->disconnect(this);
    m_window->setOpening({});
    if (!m_session->hasLiveWorkers()) {
        m_window->leave();
        return;
    }
    QMessageBox *question = switchQuestion(m_session->manager()->workers(), m_candidate->options().database, m_window.get());
    connect(question, &QDialog::finished, this, [this, question] {
        if (!m_candidate || m_window->isLeaving()) {
            return; // the whole program is being ended
        }
        if (question->buttonRole(question->clickedButton()) == QMessageBox::AcceptRole) {
            m_window->leave();
        } else {
            m_candidate.reset();
        }
    });
    question->open();
}

void Dashboard::takeCandidate()
{
    std::unique_ptr<DashboardSession> before = std::move(m_session);
    m_session = std::move(m_candidate);
    rememberDatabase(choiceOf(m_session->options()));
    makeWindow();
    before.release()->deleteLater(); // its window goes before it: that was asked first
}

void Dashboard::setTheme(theme::Mode mode)
{
    if (mode == m_mode || m_window->isLeaving()) {
        return;
    }
    m_mode = mode;
    QSettings().setValue(QStringLiteral("theme"), theme::toString(mode));
    theme::apply(*qApp, mode);
    makeWindow();
}

void Dashboard::quitNow()
{
    m_candidate.reset();
    m_window->quitNow();
}

} // namespace lifeguard
