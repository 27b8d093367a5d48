// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace lifeguard {

class Database;

/// Tells when another connection committed: at once through the write-ahead log's file, and in any case every 250 ms.
/// A hundred idle workers cost next to nothing: whoever woke up for nothing looks away for a while, longer each time.
class CommitWatcher : public QObject
{
    Q_OBJECT

public:
    explicit CommitWatcher(Database &database, QObject *parent = nullptr);

    /// Eager: tell at once (an idle worker). Otherwise every 250 ms is enough (a busy one, which looks for cancellation).
    void setEager(bool eager);
    /// The last committed() brought nothing to do.
    void wasFruitless();
    void wasFruitful() { m_pause = milliseconds(0); }

Q_SIGNALS:
    void committed();

private:
    void look();
    void watch();
    void unwatch();

    Database &m_database;
    const QString m_walPath;
    QFileSystemWatcher m_files;
    QTimer m_poll;
    QTimer m_lookAgain;
    milliseconds m_pause{0};
    qint64 m_version = -1;
    bool m_eager = false;
};

} // namespace lifeguard
