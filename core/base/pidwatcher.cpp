// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pidwatcher.h"

#include <QMetaObject>
#include <QSocketNotifier>
#include <QTimer>

#include <cerrno>

#include <sys/syscall.h>
#include <unistd.h>

namespace lifeguard {

PidWatcher::PidWatcher(const ProcessIdentity &identity, QObject *parent) : QObject(parent)
{
    const ProcessPresence presence = presenceOf(identity);
    if (presence == ProcessPresence::Unknown && !isOfThisNamespace(identity))
        return; // cannot be seen from here
    bool canWatch = false;
    // If /proc hides the process, its pid can be watched all the same: when no process has it, the process has ended.
    if (presence != ProcessPresence::Gone) {
        m_fd = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(identity.pid), 0));
        canWatch = m_fd >= 0 || errno != ESRCH;
        // The pid may have been reused before the pidfd was opened.
        if (m_fd >= 0 && presenceOf(identity) == ProcessPresence::Gone) {
            close(m_fd);
            m_fd = -1;
            canWatch = false;
        }
    }
    if (m_fd >= 0) {
        auto *notifier = new QSocketNotifier(m_fd, QSocketNotifier::Read, this);
        connect(notifier, &QSocketNotifier::activated, this, [this, notifier] {
            notifier->setEnabled(false);
            Q_EMIT ended();
        });
    } else if (canWatch) {
        // A kernel before 5.3, or no file descriptor left: poll once a second.
        auto *timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, [this, timer, identity] {
            if (presenceOf(identity) == ProcessPresence::Gone) {
                timer->stop();
                Q_EMIT ended();
            }
        });
        timer->start(std::chrono::seconds(1));
    } else {
        QMetaObject::invokeMethod(this, &PidWatcher::ended, Qt::QueuedConnection);
    }
}

PidWatcher::~PidWatcher()
{
    qDeleteAll(findChildren<QSocketNotifier *>()); // before their file descriptor is closed
    if (m_fd >= 0)
        close(m_fd);
}

} // namespace lifeguard
