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

struct Options
{
    int jobs = 2000;
    int workers = 8;
    int seconds = 30; ///< of mischief
    quint32 seed = 0;
    bool keep = false; ///< the folder stays
};

/// A database with jobs, a workspace, and the managers that run on them: what the mischief is done to. Everything is looked at
/// from the outside: own connections, the process table, files.
class World
{
public:
    explicit World(const Options &options);
    ~World();
    Q_DISABLE_COPY_MOVE(World)

    [[nodiscard]] Status build(); ///< folders, jobs, and the record of every change of a job's status
    void startManager();
    void killManager(std::size_t index); ///< SIGKILL
    void endManagers(); ///< SIGTERM, and waits for them
    void forgetEndedManagers();
    [[nodiscard]] std::vector<std::unique_ptr<QProcess>> &managers() { return m_managers; }

    /// Living workers, by what their managers wrote down.
    [[nodiscard]] QList<ProcessIdentity> workers();
    [[nodiscard]] QStringList executorIds(); ///< of all workers there ever were
    /// Stands in the environment of the managers, and so of everything that is started by any of them or by their workers.
    [[nodiscard]] const QByteArray &mark() const { return m_mark; }
    [[nodiscard]] qint64 count(const QString &status);
    /// As a user does who has made room, or found out who kills the tools: the harm that was done makes those jobs fail, and a
    /// failure is not retried by itself. What failed for another reason stays failed.
    void retryWhatHarmFailed();

    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString workspace() const { return path(QStringLiteral("work")); }
    [[nodiscard]] QString databasePath() const { return path(QStringLiteral("q.db")); }
    [[nodiscard]] bool hasSmallDisk() const { return m_mounted; }
    [[nodiscard]] bool hasDiagrams() const { return m_diagrams > 0; }
    [[nodiscard]] const Options &options() const { return m_options; }
    [[nodiscard]] Database &database() { return *m_database; }
    /// What a job's output has to contain, from what was asked for.
    [[nodiscard]] static QString outputName(qint64 job, bool diagram);

private:
    Status addJobs();

    Options m_options;
    QByteArray m_mark;
    QTemporaryDir m_folder;
    bool m_mounted = false;
    int m_diagrams = 0;
    SystemClock m_clock;
    std::unique_ptr<Database> m_database;
    std::vector<std::unique_ptr<QProcess>> m_managers;
    int m_started = 0;
};

} // namespace lifeguard::chaos
