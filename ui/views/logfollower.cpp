// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/logfollower.h"

#include <QFile>

#include <chrono>

#include <sys/stat.h>

namespace lifeguard {

namespace {

constexpr std::chrono::milliseconds readInterval{250};
constexpr qint64 maxRead = 256 * 1024; // bytes per interval
constexpr qint64 tailSize = 1024 * 1024; // bytes of a long file that are read at first

} // namespace

LogFollower::LogFollower(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(readInterval);
    connect(&m_timer, &QTimer::timeout, this, &LogFollower::read);
}

void LogFollower::setPath(const QString &path)
{
    if (path == m_path) {
        return;
    }
    m_path = path;
    m_offset = -1;
    m_failureReported = false;
    Q_EMIT restarted();
    if (path.isEmpty()) {
        m_timer.stop();
    } else {
        read();
        m_timer.start();
    }
}

void LogFollower::restart(qint64 size)
{
    if (m_offset >= 0) {
        Q_EMIT restarted();
    }
    m_offset = std::max<qint64>(0, size - tailSize);
    m_decoder.resetState();
}

void LogFollower::read()
{
    // Only regular files: opening a pipe or a device in place of the log could block.
    struct stat status
    {};
    const QByteArray name = QFile::encodeName(m_path);
    QFile file(m_path);
    if (::stat(name.constData(), &status) != 0 || !S_ISREG(status.st_mode) || !file.open(QIODevice::ReadOnly)) {
        if (!m_failureReported) {
            m_failureReported = true;
            Q_EMIT readFailed(tr("The log %1 cannot be read.").arg(m_path));
        }
        return;
    }
    if (m_failureReported) {
        m_failureReported = false;
        Q_EMIT restarted();
    }
    if (m_offset < 0 || status.st_size < m_offset || m_inode != status.st_ino) {
        m_inode = status.st_ino;
        restart(status.st_size);
    } else if (status.st_size - m_offset > 8 * tailSize) {
        restart(status.st_size); // the file grows faster than it is read: older lines would be discarded anyway
    }
    if (status.st_size == m_offset || !file.seek(m_offset)) {
        return;
    }
    const QByteArray bytes = file.read(maxRead);
    m_offset += bytes.size();
    const QString text = m_decoder.decode(bytes);
    if (!text.isEmpty()) {
        Q_EMIT textRead(text);
    }
}

} // namespace lifeguard
