// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileSystemWatcher>
#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

namespace lifeguard::ctl {

/// Prints the end of log files, and then what is added to them. A file that becomes shorter, because it was rotated or
/// cut, is read from its beginning. Changes are noticed by inotify; on file systems without it, within a second.
class LogFollower : public QObject
{
    Q_OBJECT

public:
    LogFollower();

    /// Prints the last lines of a file, each after the prefix, and prints what follows from now on. Does nothing if
    /// the file was added before.
    void add(const QString &path, const QString &prefix, int lines);
    /// Prints what has been added to the files. A line is printed when it is complete.
    void readAll();
    /// Prints incomplete last lines, too.
    void finish();

private:
    struct Log
    {
        QString path;
        QString prefix;
        qint64 position = 0;
        QByteArray incomplete; ///< of the last line
    };

    void read(Log &log);
    void print(Log &log, const QByteArray &bytes);

    QList<Log> m_logs;
    QFileSystemWatcher m_watcher;
    QTimer m_poll;
};

} // namespace lifeguard::ctl
