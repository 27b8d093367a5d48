// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringDecoder>
#include <QTimer>

namespace lifeguard {

/// Reads a growing log file in small steps on a timer, so that a flood of lines neither blocks the window nor fills the memory. Starts
/// near the end of a long file, and starts over if the file is truncated or replaced. GUI thread.
class LogFollower : public QObject
{
    Q_OBJECT

public:
    explicit LogFollower(QObject *parent = nullptr);

    /// Follows this file; an empty path stops following.
    void setPath(const QString &path);
    [[nodiscard]] QString path() const { return m_path; }

Q_SIGNALS:
    /// The text that was read so far is obsolete: another file is followed, or the file starts over.
    void restarted();
    /// Text was added to the file. The last line may be incomplete.
    void textRead(const QString &text);
    void readFailed(const QString &message);

private:
    void read();
    void restart(qint64 size);

    QString m_path;
    QTimer m_timer;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    qint64 m_offset = -1;
    quint64 m_inode = 0;
    bool m_failureReported = false;
};

} // namespace lifeguard
