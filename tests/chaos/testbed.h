// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/base/systemclock.h"
#include "core/store/database.h"

#include <QList>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include <memory>
#include <random>
#include <vector>

namespace lifeguard::chaos {

constexpr char diskFullError[] = "disk is full"; ///< part of the error of a job that failed because the disk was full
constexpr char killedToolError[] = "SIGKILL"; ///< part of the error of a job that failed because its tool was killed

struct Options
{
    int jobs = 2000;
    int workers = 8;
    int seconds = 30; ///< how long faults are injected
    quint32 seed = 0; ///< of the random numbers; the same seed gives the same sequence of faults
    bool keep = false; ///< keep the folder with the database and the logs
};

/// A database with jobs, a workspace, and the managers that run them. Everything is observed from outside the managers,
/// through separate database connections, the process table and files.
class Testbed
{
public:
    explicit Testbed(const Options &options);
    ~Testbed();
    Q_DISABLE_COPY_MOVE(Testbed)

    /// Creates the folders, the jobs, and the triggers that log every change of a job's status.
    [[nodiscard]] Status create();
    void startManager();
    void killManager(std::size_t index); ///< SIGKILL
    void endManagers(); ///< SIGTERM; waits until they have ended
    void forgetEndedManagers();
    [[nodiscard]] std::vector<std::unique_ptr<QProcess>> &managers() { return m_managers; }

    /// Returns the live workers that their managers have recorded in the database.
    [[nodiscard]] QList<ProcessIdentity> liveWorkers();
    /// Returns the executor ids of all workers, including those that have ended.
    [[nodiscard]] QStringList executorIds();
    /// Returns the value of the environment variable LIFEGUARD_CHAOS in all processes that the managers or their
    /// workers start.
    [[nodiscard]] const QByteArray &environmentMark() const { return m_environmentMark; }
    [[nodiscard]] qint64 countJobs(const QString &status);
    /// Retries the jobs that failed because of an injected fault (a full disk or a killed tool), as a user would after
    /// removing the cause. Jobs that failed for another reason stay failed.
    void retryJobsFailedByFaults();

    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString workspace() const { return path(QStringLiteral("work")); }
    [[nodiscard]] QString databasePath() const { return path(QStringLiteral("q.db")); }
    [[nodiscard]] bool hasSmallDisk() const
    {
        return m_isMounted;
    } ///< whether the workspace is a file system that can be filled
    [[nodiscard]] bool hasDiagrams() const { return m_diagrams > 0; }
    [[nodiscard]] const Options &options() const { return m_options; }
    [[nodiscard]] Database &database() { return *m_database; }
    /// Returns the path of a job's output, relative to the workspace.
    [[nodiscard]] static QString outputName(qint64 job, bool isDiagram);

private:
    [[nodiscard]] Status addJobs();

    Options m_options;
    QByteArray m_environmentMark;
    QTemporaryDir m_folder;
    bool m_isMounted = false;
    int m_diagrams = 0;
    SystemClock m_clock;
    std::unique_ptr<Database> m_database;
    std::vector<std::unique_ptr<QProcess>> m_managers;
    int m_startedManagers = 0;
};

} // namespace lifeguard::chaos
