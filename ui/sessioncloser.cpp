// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sessioncloser.h"

#include "ui/dashboardsession.h"
#include "ui/dialogs/confirmationdialogs.h"

#include <QMessageBox>

namespace lifeguard {

SessionCloser::SessionCloser(DashboardSession &session, QWidget *window)
    : QObject(window)
    , m_session(session)
    , m_window(window)
{
    connect(&session, &DashboardSession::ended, this, [this] {
        if (m_phase == Phase::Switching) {
            Q_EMIT readyToSwitch();
            return;
        }
        m_phase = Phase::Finished;
        Q_EMIT readyToQuit();
    });
}

void SessionCloser::quit()
{
    switch (m_phase) {
    case Phase::Open:
        m_phase = Phase::Quitting;
        m_session.end();
        Q_EMIT closingChanged();
        break;
    case Phase::Switching:
        m_phase = Phase::Quitting; // the workers are being stopped already; no other database will be opened
        break;
    case Phase::Quitting:
    case Phase::Finished:
        m_session.end(seconds(0));
        break;
    }
}

void SessionCloser::switchDatabase()
{
    m_phase = Phase::Switching;
    m_session.end();
    Q_EMIT closingChanged();
}

bool SessionCloser::mayCloseWindow()
{
    const bool hasWork = m_session.hasLiveWorkers() || m_session.isAdding();
    switch (m_phase) {
    case Phase::Finished:
        return true;
    case Phase::Quitting:
        if (!m_session.hasLiveWorkers()) {
            m_session.end(seconds(0)); // closed for the second time: discard the jobs that are being added
        }
        return false;
    case Phase::Open:
        if (!hasWork) {
            return true;
        }
        if (m_session.hasLiveWorkers()) {
            confirmQuit();
            return false;
        }
        break;
    case Phase::Switching:
        break;
    }
    if (m_session.isAdding()) {
        Q_EMIT noticed(tr("Lifeguard closes when the jobs have been added. Close it again to discard them."));
    }
    quit();
    return false;
}

void SessionCloser::confirmQuit()
{
    if (m_confirmation) {
        m_confirmation->raise();
        return;
    }
    m_confirmation = quitConfirmation(
        m_session.manager()->workers(), m_session.control().pools(), [this] { quit(); }, m_window);
    m_confirmation->open();
}

} // namespace lifeguard
