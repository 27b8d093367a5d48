// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QMessageBox;
class QWidget;

namespace lifeguard {

class DashboardSession;

/// Ends the session of a window, because the user quits or opens another database: asks for confirmation, stops the
/// workers, and waits until they are stopped and the jobs being added are in the database. GUI thread.
class SessionCloser : public QObject
{
    Q_OBJECT

public:
    /// The window is the parent of the confirmation dialog.
    SessionCloser(DashboardSession &session, QWidget *window);

    /// Returns whether the workers are being stopped, or are stopped.
    [[nodiscard]] bool isClosing() const { return m_phase != Phase::Open; }
    /// Stops the workers without asking; readyToQuit() follows. A second call kills them.
    void quit();
    /// Stops the workers because another database is opened; readyToSwitch() follows.
    void switchDatabase();
    /// Returns whether the window may close now. If not, asks the user, or begins to quit.
    [[nodiscard]] bool mayCloseWindow();

Q_SIGNALS:
    /// The result of isClosing() has changed.
    void closingChanged();
    void readyToQuit();
    void readyToSwitch();
    /// There is something that the user should know.
    void noticed(const QString &text);

private:
    enum class Phase {
        Open,
        Switching, ///< the workers are being stopped, and another database will be opened
        Quitting, ///< the workers are being stopped
        Finished, ///< the window may close
    };

    void confirmQuit();

    DashboardSession &m_session;
    QWidget *m_window;
    Phase m_phase = Phase::Open;
    QPointer<QMessageBox> m_confirmation;
};

} // namespace lifeguard
