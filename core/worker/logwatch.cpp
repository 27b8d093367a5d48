// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/logwatch.h"

#include <QFile>

#include <array>
#include <chrono>
#include <thread>
#include <tuple>

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
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &LogWatch::onTimer);
    m_otherwise.setTimerType(Qt::PreciseTimer);
    connect(&m_otherwise, &QTimer::timeout, this, [this] { std::ignore = m_look(); });
}

LogWatch::~LogWatch()
{
    stop();
}

void LogWatch::start(std::optional<std::chrono::milliseconds> otherwise)
{
    if (isWatching())
        return;
    if (open())
        m_otherwise.stop();
    else if (otherwise && !m_otherwise.isActive())
        m_otherwise.start(*otherwise);
}

/// Returns false if the file does not exist or there are too many inotify instances.
bool LogWatch::open()
{
    m_events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (m_events < 0)
        return false;
    if (inotify_add_watch(m_events, m_path.constData(), IN_MODIFY) < 0) {
        close(m_events);
        m_events = -1;
        return false;
    }
    m_notifier = std::make_unique<QSocketNotifier>(m_events, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &LogWatch::onWritten);
    return true;
}

void LogWatch::stop()
{
    m_otherwise.stop();
    m_timer.stop();
    if (!isWatching())
        return;
    m_notifier->setEnabled(false);
    m_notifier.release()->deleteLater(); // it may be the sender
    close(m_events);
    m_events = -1;
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
        if (!isWatching())
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
    if (!isWatching())
        return; // stopped
    ++m_step;
    if (!isFound && m_step < laterPauses.size())
        m_timer.start(laterPauses.at(m_step));
}

} // namespace lifeguard
