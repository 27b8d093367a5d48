// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/logwatch.h"

#include <QFile>

#include <array>
#include <chrono>
#include <thread>

#include <sys/inotify.h>
#include <unistd.h>

namespace lifeguard {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Too short for timers of the event loop. A commit is usually visible by then.
constexpr std::array firstPauses{microseconds(0), microseconds(50), microseconds(100), microseconds(200)};
/// A commit with synchronous=FULL waits for the disk between the write and the moment when it is visible.
constexpr std::array laterPauses{milliseconds(1),  milliseconds(2),  milliseconds(4), milliseconds(8),
                                 milliseconds(16), milliseconds(32), milliseconds(64)};
constexpr milliseconds rest{1};

} // namespace

LogWatch::LogWatch(const QString &logPath, std::function<bool()> look, QObject *parent)
    : QObject(parent)
    , m_path(QFile::encodeName(logPath))
    , m_look(std::move(look))
    , m_events(inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &LogWatch::onTimer);
    if (m_events < 0)
        return; // too many instances
    m_notifier = std::make_unique<QSocketNotifier>(m_events, QSocketNotifier::Read);
    m_notifier->setEnabled(false);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &LogWatch::onWritten);
}

LogWatch::~LogWatch()
{
    m_notifier.reset(); // before its file descriptor is closed
    if (m_events >= 0)
        close(m_events);
}

void LogWatch::start()
{
    if (m_events < 0 || m_watch >= 0)
        return;
    m_watch = inotify_add_watch(m_events, m_path.constData(), IN_MODIFY);
    if (m_watch >= 0)
        m_notifier->setEnabled(true);
}

void LogWatch::stop()
{
    if (m_watch < 0)
        return;
    inotify_rm_watch(m_events, m_watch);
    m_watch = -1;
    m_timer.stop();
    m_notifier->setEnabled(false);
}

void LogWatch::onWritten()
{
    // Writes during the looks and the rest are not reported one by one.
    m_notifier->setEnabled(false);
    char buffer[4096];
    while (read(m_events, buffer, sizeof buffer) > 0) {}
    m_step = 0;
    for (const microseconds pause : firstPauses) {
        if (pause.count() > 0)
            std::this_thread::sleep_for(pause);
        const bool isFound = m_look();
        if (m_watch < 0)
            return; // stopped
        if (isFound) {
            m_step = laterPauses.size();
            break;
        }
    }
    m_timer.start(rest);
}

void LogWatch::onTimer()
{
    m_notifier->setEnabled(true);
    if (m_step >= laterPauses.size())
        return;
    const bool isFound = m_look();
    if (m_watch < 0)
        return; // stopped
    ++m_step;
    if (!isFound && m_step < laterPauses.size())
        m_timer.start(laterPauses.at(m_step));
}

} // namespace lifeguard
