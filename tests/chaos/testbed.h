// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/store/database.h"
#include "tests/chaos/options.h"

#include <QList>
#include <QProcessEnvironment>
#include <QSet>
#include <QString>
#include <QTemporaryDir>

#include <memory>

namespace lifeguard::chaos {

/// A live worker of one of the managers, as the database describes it.
struct LiveWorker
{
    ProcessIdentity process; ///< of the worker, or of the guard of a command
    QString executorId;
    QString spec; ///< of its pool
};

/// The folders, the database and the environment of a run. Everything is observed from outside the managers, through
/// separate database connections, the process table and files.
class Testbed
{
public:
    explicit Testbed(const Options &options);
    ~Testbed();
    Q_DISABLE_COPY_MOVE(Testbed)

    /// Creates the folders and the database.
    [[nodiscard]] Status create();
    /// Creates a database with triggers that log every change of a job's status, and opens it.
    [[nodiscard]] Status createDatabase();
    [[nodiscard]] Status openDatabase();
    void closeDatabase() { m_database.reset(); }
    [[nodiscard]] Database &database() { return *m_database; }

    /// Returns the live workers that their managers have recorded in the database.
    [[nodiscard]] QList<LiveWorker> liveWorkers();
    /// Sends a signal, unless the worker has ended and its pid may belong to another process. Returns whether it was
    /// sent.
    bool signalWorker(const LiveWorker &worker, int signalNumber);
    /// Returns whether the worker, or the guard of the command, got a signal that prevents it from cleaning up.
    [[nodiscard]] bool isBroken(const QString &executorId) const { return m_broken.contains(executorId); }
    [[nodiscard]] qint64 countJobs(const QString &status);

    /// Returns the environment of the managers. All their descendants inherit LIFEGUARD_CHAOS, unless they clear it.
    [[nodiscard]] QProcessEnvironment environment() const;
    [[nodiscard]] const QByteArray &environmentMark() const { return m_environmentMark; }
    /// Returns the processes with the environment mark of this run.
    [[nodiscard]] QList<qint64> markedProcesses() const;
    /// Returns the processes that cleared their environment (daemon.sh), with the ids of their workers.
    [[nodiscard]] QHash<qint64, QString> daemons() const;

    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString workspace() const { return path(QStringLiteral("work")); }
    [[nodiscard]] QString databasePath() const { return path(QStringLiteral("q.db")); }
    /// Returns whether the workspace is a file system that can be filled.
    [[nodiscard]] bool hasSmallDisk() const { return m_isMounted; }
    [[nodiscard]] const Options &options() const { return m_options; }

private:
    void mountWorkspace();
    void writeScripts() const;

    Options m_options;
    QByteArray m_environmentMark;
    QTemporaryDir m_folder;
    bool m_isMounted = false;
    std::unique_ptr<Database> m_database;
    QSet<QString> m_broken; ///< executor ids
};

/// Runs a program and waits for its end. Returns whether its exit code is 0.
[[nodiscard]] bool runProgram(const QString &program, const QStringList &arguments);

} // namespace lifeguard::chaos
