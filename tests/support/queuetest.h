// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "core/model/job.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>
#include <QVariantList>

#include <memory>

namespace lifeguard::test {

/// A connection beside the program's own, as another program has it: to set up what no call of ours makes, and to look at
/// what was stored. Waits for no lock.
class RawSql
{
public:
    explicit RawSql(const QString &path);
    ~RawSql();
    Q_DISABLE_COPY_MOVE(RawSql)

    /// Runs one statement; false where it fails (error() says why).
    bool exec(const QString &sql, const QVariantList &values = {});
    /// Runs the statements of a script, which are separated by semicolons; ends the test where one fails.
    void script(const QString &sql);
    /// First column of the first row; invalid where there is none.
    QVariant value(const QString &sql, const QVariantList &values = {});
    /// First columns of all rows.
    QStringList column(const QString &sql);
    [[nodiscard]] QString error() const { return m_error; }

private:
    QString m_connection;
    QString m_error;
};

/// A new database in a folder of its own, with a queue and a registry whose clock a test turns.
class QueueTest
{
public:
    explicit QueueTest(const QString &script = {}); ///< script: makes the file in place of the program
    Q_DISABLE_COPY_MOVE(QueueTest)

    [[nodiscard]] QString path() const { return folder.filePath(QStringLiteral("q.db")); }
    /// Adds a job; answers its id.
    qint64 add(const QString &type = QStringLiteral("noop"), int priority = 0, int maxAttempts = 3);
    /// Registers an idle worker under that name; answers its row's id.
    qint64 worker(const QString &executorId = QStringLiteral("direct-noop-0-aaaaaaaa"), const QString &type = QStringLiteral("noop"));
    /// As a manager does before it starts a worker.
    void own(const QString &executorId, const QString &managerId, const QString &beatPath = {}, int slot = -1);
    Job job(qint64 id);
    /// Claims exactly one job; ends the test where there is none.
    Job claimOne(qint64 workerId, const QString &type = QStringLiteral("noop"));
    QList<Event> eventsOf(qint64 jobId);

    QTemporaryDir folder;
    ManualClock clock;
    std::unique_ptr<Database> db;
    std::unique_ptr<JobQueue> queue;
    std::unique_ptr<WorkerRegistry> registry;
};

/// The tables of CLX's version 1 (shared/FACTS.md): no traceback, no 'cancelled'.
[[nodiscard]] QString clxVersion1();
/// The same, migrated to version 11 by CLX: the columns were added at the end, traceback never was, the old CHECK stayed.
[[nodiscard]] QString clxMigratedTo11();

/// Writes a file anew; ends the test where it cannot.
void write(const QString &path, const QByteArray &content);
/// A file of ours with 200 noop jobs, all in the main file and nothing beside it; answers its bytes.
QByteArray goodFile(const QString &path);
/// The bytes of a file.
[[nodiscard]] QByteArray contentOf(const QString &path);

} // namespace lifeguard::test
