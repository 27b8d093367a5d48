// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringDecoder>
#include <QTimer>

namespace lifeguard {

/// Follows a log file: small reads of a regular file on a timer, so that a flood neither blocks the window nor fills memory.
/// Starts near the end of a long file; begins again when the file was cut or replaced.
class LogFollower : public QObject
{
    Q_OBJECT

public:
    explicit LogFollower(QObject *parent = nullptr);

    /// Empty: follows nothing.
    void setPath(const QString &path);
    [[nodiscard]] QString path() const { return m_path; }

Q_SIGNALS:
    void restarted();
    /// What came, ends as it was written: the last line may be unfinished.
    void textRead(const QString &text);
    void problemFound(const QString &message);

private:
    void read();
    void restart(qint64 size);

    QString m_path;
    QTimer m_timer;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    qint64 m_offset = -1;
    quint64 m_inode = 0;
    bool m_problemTold = false;
};

} // namespace lifeguard
