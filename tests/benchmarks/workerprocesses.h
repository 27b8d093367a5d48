// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "queuefile.h"

#include <QByteArray>
#include <QPair>
#include <QProcess>
#include <QString>

#include <memory>
#include <vector>

namespace lifeguard::bench {

/// Worker programs on one database, without a manager. The destructor ends them.
class WorkerProcesses
{
public:
    /// environment: added to the environment of this process.
    WorkerProcesses(const QueueFile &queue, int count, const QList<QPair<QByteArray, QByteArray>> &environment = {},
                    const QString &type = QStringLiteral("noop"));
    ~WorkerProcesses();
    Q_DISABLE_COPY_MOVE(WorkerProcesses)

    /// Waits until all of them have registered. Exits the program if one of them ends or they need longer than 2
    /// minutes.
    void waitUntilIdle();
    /// Sends TERM to all of them, and waits until they have ended.
    void terminate();
    [[nodiscard]] QList<qint64> pids() const;

private:
    [[noreturn]] void fail();
    [[nodiscard]] QString logPath(int index) const;

    QString m_database;
    QString m_folder;
    std::vector<std::unique_ptr<QProcess>> m_processes;
};

} // namespace lifeguard::bench
