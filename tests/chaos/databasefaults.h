// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

#include <QProcess>

namespace lifeguard::chaos {

/// Deletes, moves, replaces or restores the database while programs use it. All of them must report this within
/// seconds, write nothing more and exit with code 3. The run goes on with a new file, or with the file that has the
/// name now: only acknowledgements in that file count.
class DatabaseFaults
{
public:
    explicit DatabaseFaults(FaultContext &context);

    /// Replaces the database under all programs, checks what they do, and prepares the next database. Call it while no
    /// other fault lasts. Starts no manager.
    void replace();
    /// Returns the longest time that a program needed to end, in seconds.
    [[nodiscard]] double longestEnd() const { return double(m_longestEnd) / 1000; }
    [[nodiscard]] int endedManagers() const { return m_endedManagers; }
    [[nodiscard]] int endedWorkers() const { return m_endedWorkers; }
    /// Returns how many jobs were completed in a file that was given up, and had to be done again.
    [[nodiscard]] qint64 repeatedJobs() const { return m_repeatedJobs; }

private:
    enum Kind { Deleted, Moved, Replaced, RestoredWithLog, Overwritten };

    [[nodiscard]] bool waitForManagers();
    [[nodiscard]] bool createBackup();
    [[nodiscard]] bool waitForNextGenerations();
    void startWorkers();
    [[nodiscard]] bool change();
    void expectEnds(qint64 changedAt);
    void expectEnd(QProcess &process, const QString &description, const QString &log);
    void checkOldFile(int file, int log, double changedAt);
    void checkNewFile(const QByteArray &content);
    void checkOverwrittenFile();
    [[nodiscard]] bool continueRun();
    void removeBeatFiles();
    void removeTemporaryOutputs();
    void fail(const QString &text);
    [[nodiscard]] QString backupPath() const { return m_context.testbed.path(QStringLiteral("backup.db")); }

    FaultContext &m_context;
    Kind m_kind = Deleted;
    int m_replacements = 0;
    std::vector<std::unique_ptr<QProcess>> m_workers; ///< workers without a manager, as users may start them
    QSet<qint64> m_completedInOldFile;
    qint64 m_longestEnd = 0; ///< ms
    int m_endedManagers = 0;
    int m_endedWorkers = 0;
    qint64 m_repeatedJobs = 0;
};

} // namespace lifeguard::chaos
