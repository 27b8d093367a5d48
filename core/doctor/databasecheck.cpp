// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doctor/databasecheck.h"

#include "core/base/systemclock.h"
#include "core/store/database.h"
#include "core/store/databaseinspection.h"
#include "core/store/jobreader.h"
#include "core/store/lockholders.h"
#include "core/store/workerregistry.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace lifeguard {
namespace {

using Level = Finding::Level;

/// The limit to which Lifeguard's own programs keep the write-ahead log (docs/protocol.md).
constexpr qint64 usualLog = 64LL * 1024 * 1024;
constexpr std::chrono::seconds lockTimeout{2};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Doctor", text);
}

class DatabaseCheck
{
public:
    explicit DatabaseCheck(QString path) : m_path(std::move(path)) {}

    QList<Finding> findings() const { return m_findings; }

    void run(bool checksAllPages)
    {
        if (!QFileInfo::exists(m_path)) {
            add(Level::Note, tr("There is no database %1 yet.").arg(m_path),
                tr("'lifeguardctl init', or the first launched pool, creates it."));
            return;
        }
        checkLocks();
        const auto database = Database::open(m_path, OpenMode::ReadOnly, lockTimeout,
                                             checksAllPages ? IntegrityCheck::Complete : IntegrityCheck::Full);
        if (!database) {
            add(Level::Problem, database.error().message,
                tr("Follow the message, or create another database with 'lifeguardctl init --db FILE'."));
            return;
        }
        add(Level::Ok, tr("%1 can be read (%2, schema version %3).")
                           .arg(m_path, QLocale::c().formattedDataSize(QFileInfo(m_path).size()))
                           .arg((*database)->info().clxVersion));
        checkFiles((*database)->info());
        checkManagers(**database);
        checkJobs(**database);
    }

private:
    void add(Level level, const QString &text, const QString &advice = {})
    {
        m_findings.append({Finding::Area::Database, level, text, advice});
    }

    void checkLocks()
    {
        const LockHolders holders = LockHolders::of(m_path);
        if (const QList<LockHolder> previous = holders.usersOfPreviousFile(); !previous.isEmpty()) {
            add(Level::Problem,
                tr("%1 was replaced while %2 had the previous file open.").arg(m_path, LockHolders::describe(previous)),
                tr("End these programs before anything else uses the database."));
        }
        if (const QList<LockHolder> writers = holders.writers(); !writers.isEmpty() && !LockHolders::areOurs(writers)) {
            add(Level::Note, tr("%1 is locked by %2.").arg(m_path, LockHolders::describe(writers)),
                tr("If this lasts, end the program: nobody else can write in the meantime."));
        }
    }

    void checkFiles(const DatabaseInfo &info)
    {
        for (const QString &warning : DatabaseInspection::warnings(info.path))
            add(Level::Note, warning);
        if (!info.networkFileSystem.isEmpty()) {
            add(Level::Problem,
                tr("%1 is on a network file system (%2), where SQLite's locks may not work.")
                    .arg(m_path, info.networkFileSystem),
                tr("Move the database to a local disk. If only this machine uses it, start Lifeguard with "
                   "--allow-network-file."));
        }
        if (!QFileInfo(info.path).isWritable())
            add(Level::Problem, tr("This user cannot write to %1.").arg(m_path), tr("Change its owner or its mode."));
        const qint64 log = QFileInfo(info.path + QStringLiteral("-wal")).size();
        if (log > usualLog) {
            add(Level::Note,
                tr("The write-ahead log of %1 has grown to %2.").arg(m_path, QLocale::c().formattedDataSize(log)),
                tr("A program that reads without a pause prevents that it is reset. 'lifeguardctl events' names it."));
        }
    }

    void checkManagers(Database &database)
    {
        const SystemClock clock;
        const auto managers = WorkerRegistry(database, clock).managers();
        if (!managers)
            return; // a database of CLX that Lifeguard has not opened for writing yet
        int alive = 0;
        for (const ManagerRow &manager : *managers)
            alive += presenceOf(manager.process) == ProcessPresence::Gone ? 0 : 1;
        if (alive == 0)
            add(Level::Note, tr("No manager runs pools on this database."),
                tr("Start the dashboard, or 'lifeguardctl run'."));
        else
            add(Level::Ok, QCoreApplication::translate("lifeguard::Doctor", "This database is used by %n manager(s).",
                                                       nullptr, alive));
    }

    void checkJobs(Database &database)
    {
        JobReader reader(database);
        if (const auto usedUp = reader.hasUsedUpJobs(); usedUp && *usedUp) {
            add(Level::Note, tr("Some pending jobs have no attempts left. A manager marks them as failed."),
                tr("Find the reason in 'lifeguardctl jobs', and run them again with 'lifeguardctl retry'."));
        }
        const auto counts = reader.counts();
        if (!counts) {
            add(Level::Problem, counts.error().message);
            return;
        }
        JobCounts total;
        for (const JobCounts &type : *counts)
            total += type;
        add(Level::Ok, tr("Jobs: %1 pending, %2 processing, %3 completed, %4 failed.")
                           .arg(total.pending)
                           .arg(total.processing)
                           .arg(total.completed)
                           .arg(total.failed));
    }

    QString m_path;
    QList<Finding> m_findings;
};

} // namespace

QList<Finding> checkDatabase(const QString &path, bool checksAllPages)
{
    DatabaseCheck check(path);
    check.run(checksAllPages);
    return check.findings();
}

} // namespace lifeguard
