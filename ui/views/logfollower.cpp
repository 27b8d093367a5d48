// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/logfollower.h"

#include <QFile>

#include <chrono>

#include <sys/stat.h>

namespace lifeguard {

namespace {

constexpr std::chrono::milliseconds readEvery{250};
constexpr qint64 readAtMost = 256 * 1024; // a tick
constexpr qint64 tailSize = 1024 * 1024; // of a long file, at first

} // namespace

LogFollower::LogFollower(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(readEvery);
    connect(&m_timer, &QTimer::timeout, this, &LogFollower::read);
}

void LogFollower::setPath(const QString &path)
{
    if (path == m_path) {
        return;
    }
    m_path = path;
    m_offset = -1;
    m_problemTold = false;
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
    // Never wait for a pipe or a device that somebody put in the log's place.
    struct stat status
    {};
    const QByteArray name = QFile::encodeName(m_path);
    QFile file(m_path);
    if (::stat(name.constData(), &status) != 0 || !S_ISREG(status.st_mode) || !file.open(QIODevice::ReadOnly)) {
        if (!m_problemTold) {
            m_problemTold = true;
            Q_EMIT problemFound(tr("The log cannot be read: %1").arg(m_path));
        }
        return;
    }
    if (m_problemTold) {
        m_problemTold = false;
        Q_EMIT restarted();
    }
    if (m_offset < 0 || status.st_size < m_offset || m_inode != status.st_ino) {
        m_inode = status.st_ino;
        restart(status.st_size);
    } else if (status.st_size - m_offset > 8 * tailSize) {
        restart(status.st_size); // far behind a flood: what is old would be thrown away anyhow
    }
    if (status.st_size == m_offset || !file.seek(m_offset)) {
        return;
    }
    const QByteArray bytes = file.read(readAtMost);
    m_offset += bytes.size();
    const QString text = m_decoder.decode(bytes);
    if (!text.isEmpty()) {
        Q_EMIT textRead(text);
    }
}

} // namespace lifeguard
