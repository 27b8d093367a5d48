// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace lifeguard {

/// Watches the write-ahead log of a database with inotify, and looks for a commit after each write. The kernel reports
/// the write before the commit is visible to other connections, and nothing reports when it is. So it looks again after
/// 0.05, 0.15, 0.35, 1, 2, 4, … ms. However many commits there are, it rests for at least 1 ms between two of them.
///
/// The kernel permits each user only some inotify instances, by default 128, so an instance is open only while the log
/// is watched.
class LogWatch : public QObject
{
    Q_OBJECT

public:
    /// logPath: the file, which may not exist yet. look: returns whether there was a new commit; may call stop().
    LogWatch(const QString &logPath, std::function<bool()> look, QObject *parent = nullptr);
    ~LogWatch() override;

    /// Starts watching. If that is not possible at the moment, looks at these intervals instead, until start() is
    /// called again with success; nothing: does not look.
    void start(std::optional<std::chrono::milliseconds> otherwise = {});
    void stop();
    /// Returns whether inotify reports the writes.
    [[nodiscard]] bool isWatching() const { return m_events >= 0; }

private:
    [[nodiscard]] bool open();
    void onWritten();
    void onTimer();

    const QByteArray m_path;
    const std::function<bool()> m_look;
    int m_events = -1; ///< the inotify instance; -1 while nothing is watched
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_timer; ///< for the later looks
    QTimer m_otherwise; ///< for looks without inotify
    size_t m_step = 0; ///< index of the next of the later looks
};

} // namespace lifeguard
