// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>

namespace lifeguard {

/// Watches the write-ahead log of a database with inotify, and looks for a commit after each write. The kernel reports
/// the write before the commit is visible to other connections, and nothing reports when it is. So it looks again after
/// 0.05, 0.15, 0.35, 1, 2, 4, … ms. However many commits there are, it rests for at least 1 ms between two of them.
class LogWatch : public QObject
{
    Q_OBJECT

public:
    /// logPath: the file, which may not exist yet. look: returns whether there was a new commit; may call stop().
    LogWatch(const QString &logPath, std::function<bool()> look, QObject *parent = nullptr);
    ~LogWatch() override;

    /// Starts watching if the file exists. Does nothing if it is watched already.
    void start();
    void stop();

private:
    void onWritten();
    void onTimer();

    const QByteArray m_path;
    const std::function<bool()> m_look;
    int m_events; ///< the inotify instance; -1 if there is none
    int m_watch = -1; ///< in this instance; -1 while nothing is watched
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_timer;
    size_t m_step = 0; ///< index of the next of the later looks
};

} // namespace lifeguard
