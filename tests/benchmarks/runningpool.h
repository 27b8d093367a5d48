// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "queuefile.h"

#include <QProcess>
#include <QString>
#include <QStringList>

namespace lifeguard::bench {

/// A pool of workers that lifeguardctl run manages. The destructor ends it. Exits the program with a message if
/// something fails.
class RunningPool
{
public:
    /// Starts the pool, and waits until all workers have registered. The folder of the queue is the workspace.
    RunningPool(const QueueFile &queue, QString type, int workers);
    ~RunningPool();
    Q_DISABLE_COPY_MOVE(RunningPool)

    /// Adds a job for each file with lifeguardctl submit, and waits until all have been completed.
    void convert(const QStringList &files);
    /// Returns how many of the workers have completed a job.
    [[nodiscard]] int workersWithJobs() const;
    [[nodiscard]] qint64 manager() const { return m_run.processId(); }

private:
    [[nodiscard]] QStringList withPlaces(QStringList arguments) const;

    const QString m_database;
    const QString m_workspace;
    const QString m_type;
    QProcess m_run;
};

} // namespace lifeguard::bench
