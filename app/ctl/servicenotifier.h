// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

namespace lifeguard::ctl {

/// Tells systemd about the state of this program, if systemd has started it as a service of Type=notify (sd_notify(3)).
/// Otherwise, and in programs that were built without libsystemd, it does nothing. Lives on the main thread: its event
/// loop feeds the watchdog, so that systemd restarts the program if the loop does not run.
class ServiceNotifier : public QObject
{
    Q_OBJECT

public:
    explicit ServiceNotifier(QObject *parent = nullptr);

    /// Reports that the service does its work.
    void setReady();
    /// Reports that the service stops. Until the program ends, systemd is asked again and again to wait longer, because
    /// workers may finish long jobs.
    void setStopping();
    /// Sets the line that `systemctl status` shows. Sent only if it has changed, at most once a second.
    void setStatus(const QString &text);

private:
    void sendStatus();
    static void send(const QByteArray &state);

    QTimer m_watchdog;
    QTimer m_extension;
    QTimer m_statusPause;
    QString m_status;
    QString m_sentStatus;
};

} // namespace lifeguard::ctl
