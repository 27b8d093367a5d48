// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/servicenotifier.h"

#include <chrono>

#ifdef LIFEGUARD_HAS_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace lifeguard::ctl {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds extensionInterval = 5s;
constexpr std::chrono::microseconds extension = 30s; ///< from each message on
constexpr std::chrono::milliseconds statusPause = 1s;

/// Returns the time within which systemd expects a sign of life; 0 if it expects none.
std::chrono::microseconds watchdogTimeout()
{
#ifdef LIFEGUARD_HAS_SYSTEMD
    std::uint64_t timeout = 0;
    if (sd_watchdog_enabled(0, &timeout) > 0) {
        return std::chrono::microseconds(timeout);
    }
#endif
    return 0us;
}

} // namespace

ServiceNotifier::ServiceNotifier(QObject *parent) : QObject(parent)
{
    connect(&m_watchdog, &QTimer::timeout, this, [] { send("WATCHDOG=1"); });
    connect(&m_extension, &QTimer::timeout, this,
            [] { send("EXTEND_TIMEOUT_USEC=" + QByteArray::number(qint64(extension.count()))); });
    m_statusPause.setSingleShot(true);
    connect(&m_statusPause, &QTimer::timeout, this, &ServiceNotifier::sendStatus);
    if (const auto timeout = watchdogTimeout(); timeout > 0us) {
        m_watchdog.start(std::chrono::duration_cast<std::chrono::milliseconds>(timeout / 3));
    }
}

void ServiceNotifier::setReady()
{
    send("READY=1");
}

void ServiceNotifier::setStopping()
{
    if (m_extension.isActive()) {
        return;
    }
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + QByteArray::number(qint64(extension.count())));
    m_extension.start(extensionInterval);
}

void ServiceNotifier::setStatus(const QString &text)
{
    m_status = QString(text).replace(QLatin1Char('\n'), QLatin1Char(' '));
    if (!m_statusPause.isActive()) {
        sendStatus();
    }
}

void ServiceNotifier::sendStatus()
{
    if (m_status == m_sentStatus) {
        return;
    }
    m_sentStatus = m_status;
    send("STATUS=" + m_status.toUtf8());
    m_statusPause.start(statusPause);
}

void ServiceNotifier::send(const QByteArray &state)
{
#ifdef LIFEGUARD_HAS_SYSTEMD
    sd_notify(0, state.constData()); // without a service, it does nothing
#else
    Q_UNUSED(state)
#endif
}

} // namespace lifeguard::ctl
