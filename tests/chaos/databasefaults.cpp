// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/databasefaults.h"

#include "places.h"
#include "tests/chaos/waiting.h"
#include "tests/support/queuetest.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

constexpr int readyTimeout = 120'000; ///< ms; for a state that precedes the fault
constexpr int endTimeout = 30'000; ///< ms; for programs that must end "within seconds", on a busy machine
constexpr int maxRowsNamed = 10;
constexpr int databaseCode = 3; ///< exit code of managers and workers that cannot use the database any more
constexpr std::array names{"deleted; the run goes on with a new file", "moved, and later moved back",
                           "replaced by a backup", "replaced by a backup, with its log deleted",
                           "overwritten with a backup while it was open"};

QString faultName(int kind)
{
    return QStringLiteral("times the database was %1").arg(QString::fromLatin1(names.at(std::size_t(kind))));
}

bool copyTo(int fd, const QString &path)
{
    QFile file(path);
    if (fd < 0 || !file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return false;
    QByteArray buffer(1 << 20, '\0');
    off_t offset = 0;
    ssize_t n = 0;
    while ((n = pread(fd, buffer.data(), size_t(buffer.size()), offset)) > 0) {
        file.write(buffer.constData(), n);
        offset += n;
    }
    return n == 0;
}

/// Returns what must not change any more in an overwritten file, one line per row.
QStringList stateOf(const QString &path)
{
    test::RawSql raw(path);
    QStringList state;
    for (const char *sql :
         {"SELECT 'chaos_log ' || rowid || ': job ' || job || ', ' || was || ' -> ' || became || ', worker ' || "
          "coalesce(worker, '-') || ', at ' || at FROM chaos_log",
          "SELECT 'event ' || id || ': ' || kind || ', ' || message FROM lifeguard_events",
          "SELECT 'generation ' || generation FROM lifeguard_database",
          "SELECT 'job ' || id || ' is ' || status FROM jobs",
          "SELECT 'worker ' || id || ' (' || container_id || ') is ' || status || ', beat ' || last_heartbeat FROM "
          "workers",
          "SELECT 'row of ' || executor_id FROM lifeguard_workers"})
        state += raw.column(QString::fromLatin1(sql));
    return state;
}

/// Returns the first of the rows that only one of two states has.
QString rowsOnlyIn(const QStringList &state, const QStringList &other)
{
    const QSet<QString> otherRows(other.cbegin(), other.cend());
    QStringList rows;
    std::copy_if(state.cbegin(), state.cend(), std::back_inserter(rows),
                 [&otherRows](const QString &row) { return !otherRows.contains(row); });
    return rows.mid(0, maxRowsNamed).join(QStringLiteral("; "));
}

/// Describes how a file differs from its previous content: by its rows, or by its pages if the rows are the same.
QString changesOf(const QString &path, const QByteArray &previous)
{
    constexpr qsizetype pageSize = 4096;
    const QByteArray content = test::contentOf(path);
    QStringList pages;
    for (qsizetype at = 0; at < std::max(content.size(), previous.size()) && pages.size() < maxRowsNamed;
         at += pageSize) {
        if (content.mid(at, pageSize) != previous.mid(at, pageSize))
            pages.append(QString::number(at / pageSize + 1));
    }
    const QString copy = path + QStringLiteral(".previous");
    QFile file(copy);
    if (previous.isEmpty() || !file.open(QIODevice::WriteOnly) || file.write(previous) != previous.size())
        return QStringLiteral("it has %1 bytes").arg(content.size());
    file.close();
    const QString rows = rowsOnlyIn(stateOf(path), stateOf(copy));
    QFile::remove(copy);
    return QStringLiteral("pages %1 of %2, rows %3")
        .arg(pages.join(u','))
        .arg(content.size() / pageSize)
        .arg(rows.isEmpty() ? QStringLiteral("the same") : rows);
}

QSet<qint64> completedIn(const QString &path)
{
    QSet<qint64> completed;
    for (const QString &id : test::RawSql(path).column(QStringLiteral("SELECT id FROM jobs WHERE status = "
                                                                      "'completed'")))
        completed.insert(id.toLongLong());
    return completed;
}

} // namespace

DatabaseFaults::DatabaseFaults(FaultContext &context) : m_context(context)
{
    const Options &options = context.testbed.options();
    for (int kind = 0; kind < std::min<int>(int(names.size()), options.phases - 1); ++kind)
        m_context.expect(faultName((kind + int(options.seed)) % int(names.size())));
}

void DatabaseFaults::fail(const QString &text)
{
    m_context.reportViolation(faultName(m_kind) + QStringLiteral(": ") + text);
}

void DatabaseFaults::replace()
{
    m_kind = Kind((int(m_context.testbed.options().seed % names.size()) + m_replacements++) % int(names.size()));
    const QString path = m_context.testbed.databasePath();
    if (!waitForManagers())
        return;
    if (m_kind == Overwritten) {
        // A process that is stopped until then has read no newer content than that of the backup, and cannot recognise
        // it as an older one.
        for (const qint64 pid : m_context.testbed.markedProcesses())
            kill(static_cast<pid_t>(pid), SIGCONT);
    }
    if (!createBackup())
        return;
    startWorkers();
    if (m_kind == Overwritten && !waitForNextGenerations())
        return;
    // Closing a descriptor of the file would release the locks of the connections of this process.
    m_context.testbed.closeDatabase();
    const int file = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    const int log = open(QFile::encodeName(path + QStringLiteral("-wal")).constData(), O_RDONLY | O_CLOEXEC);
    const QByteArray content = m_kind == Replaced || m_kind == RestoredWithLog ? test::contentOf(backupPath())
                                                                               : QByteArray();
    if (!change()) {
        fail(QStringLiteral("the fault could not be injected"));
        return;
    }
    const double changedAt = double(QDateTime::currentMSecsSinceEpoch() + 1) / 1000;
    m_context.count(faultName(m_kind));
    expectEnds(QDateTime::currentMSecsSinceEpoch());
    if (m_kind == Overwritten)
        checkOverwrittenFile();
    else
        checkNewFile(content);
    if (m_kind != Overwritten)
        checkOldFile(file, log, changedAt);
    close(file);
    close(log);
    if (!continueRun())
        fail(QStringLiteral("the next database could not be prepared"));
}

/// Waits until each manager has opened the database. A manager that is still starting would open the next one.
bool DatabaseFaults::waitForManagers()
{
    const bool ready = QTest::qWaitFor(
        [this] {
            m_context.managers.forgetEnded();
            if (m_context.managers.list().empty())
                m_context.managers.start(Managers::Kind::Normal);
            const auto &managers = m_context.managers.list();
            if (std::any_of(managers.cbegin(), managers.cend(), [](const auto &manager) { return manager.isEnding; }))
                return false; // it would end with another exit code
            QSet<qint64> registered;
            for (const QString &process : test::RawSql(m_context.testbed.databasePath())
                                              .column(QStringLiteral("SELECT process FROM lifeguard_managers")))
                registered.insert(process.section(u':', 0, 0).toLongLong());
            return registered.contains(m_context.managers.pids());
        },
        readyTimeout);
    if (!ready)
        fail(QStringLiteral("a manager has not registered"));
    return ready;
}

bool DatabaseFaults::createBackup()
{
    QFile::remove(backupPath());
    const bool created = QTest::qWaitFor(
        [this] {
            return test::RawSql(m_context.testbed.databasePath())
                .exec(QStringLiteral("VACUUM INTO '%1'").arg(backupPath()));
        },
        readyTimeout);
    if (!created)
        fail(QStringLiteral("no backup could be made"));
    return created;
}

/// Waits until the managers have beaten several times, and all workers have read that: only then can programs recognise
/// the content of the backup as an older one.
bool DatabaseFaults::waitForNextGenerations()
{
    const auto generation = [this] {
        return test::RawSql(m_context.testbed.databasePath())
            .value(QStringLiteral("SELECT generation FROM lifeguard_database"))
            .toLongLong();
    };
    const qint64 first = generation();
    const qint64 beats = qint64(m_context.managers.list().size()) * 3;
    const bool grown = QTest::qWaitFor([&] { return generation() > first + beats; }, readyTimeout);
    if (!grown)
        fail(QStringLiteral("the managers do not beat"));
    return grown;
}

/// Starts workers without a manager: an idle one and, if the next database does not contain it, a busy one. Nobody
/// could tell that the busy one is gone, so that its job would wait for hours.
void DatabaseFaults::startWorkers()
{
    QStringList types{QStringLiteral("drawio")};
    if (m_kind != Moved)
        types.append(QStringLiteral("noop"));
    QStringList ids;
    for (const QString &type : types) {
        auto worker = std::make_unique<QProcess>();
        ids.append(QStringLiteral("chaos-%1-%2").arg(type).arg(m_replacements));
        worker->setProcessEnvironment(m_context.testbed.environment());
        worker->setProcessChannelMode(QProcess::MergedChannels);
        const QString log = m_context.testbed.path(ids.constLast() + QStringLiteral(".log"));
        worker->setProperty("log", log);
        worker->setStandardOutputFile(log);
        worker->start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker"),
                      {QStringLiteral("--type"), type, QStringLiteral("--id"), ids.constLast(), QStringLiteral("--db"),
                       m_context.testbed.databasePath(), QStringLiteral("--workspace"), m_context.testbed.workspace()});
        m_workers.push_back(std::move(worker));
    }
    const bool registered = QTest::qWaitFor(
        [&] {
            test::RawSql raw(m_context.testbed.databasePath());
            return std::all_of(ids.cbegin(), ids.cend(), [&raw](const QString &id) {
                return raw.value(QStringLiteral("SELECT count(*) FROM workers WHERE container_id = ?"), {id}).toInt()
                    == 1;
            });
        },
        readyTimeout);
    if (!registered)
        fail(QStringLiteral("a worker without a manager has not registered"));
}

bool DatabaseFaults::change()
{
    const QString path = m_context.testbed.databasePath();
    switch (m_kind) {
    case Deleted:
        return QFile::remove(path);
    case Moved:
        return QFile::rename(path, path + QStringLiteral(".moved"));
    case Replaced:
        return QFile::remove(path) && QFile::rename(backupPath(), path);
    case RestoredWithLog:
        for (const char *suffix : {"", "-wal", "-shm"})
            QFile::remove(path + QString::fromLatin1(suffix));
        return QFile::rename(backupPath(), path);
    case Overwritten:
        return runProgram(QStringLiteral("python3"),
                          {QStringLiteral("-c"),
                           QStringLiteral("import sqlite3, sys\n"
                                          "sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2], "
                                          "timeout=60))"),
                           backupPath(), path});
    }
    Q_UNREACHABLE();
}

void DatabaseFaults::expectEnds(qint64 changedAt)
{
    QElapsedTimer timer;
    timer.start();
    const auto isOver = [this] {
        const auto hasEnded = [](const QProcess &process) { return process.state() == QProcess::NotRunning; };
        return std::all_of(m_workers.cbegin(), m_workers.cend(), [&](const auto &worker) { return hasEnded(*worker); })
            && std::all_of(m_context.managers.list().cbegin(), m_context.managers.list().cend(),
                           [&](const auto &manager) { return hasEnded(*manager.process); });
    };
    std::ignore = QTest::qWaitFor(isOver, endTimeout);
    m_longestEnd = std::max(m_longestEnd, QDateTime::currentMSecsSinceEpoch() - changedAt);
    for (const auto &worker : m_workers) {
        ++m_endedWorkers;
        expectEnd(*worker, QStringLiteral("a worker without a manager"), worker->property("log").toString());
    }
    for (Managers::Manager &manager : m_context.managers.list()) {
        ++m_endedManagers;
        expectEnd(*manager.process, QStringLiteral("a manager"), manager.log);
        manager.isEnding = true;
    }
    m_workers.clear();
    m_context.managers.killAll();
    if (!QTest::qWaitFor([this] { return m_context.testbed.markedProcesses().isEmpty(); }, endTimeout))
        fail(QStringLiteral("%1 processes are still running").arg(m_context.testbed.markedProcesses().size()));
}

void DatabaseFaults::expectEnd(QProcess &process, const QString &description, const QString &log)
{
    QFile file(log);
    const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    if (process.state() != QProcess::NotRunning)
        fail(QStringLiteral("%1 has not ended").arg(description));
    else if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != databaseCode)
        fail(QStringLiteral("%1 ended with code %2: %3")
                 .arg(description)
                 .arg(process.exitCode())
                 .arg(QString::fromUtf8(text.right(300))));
    else if (!text.contains("q.db was ") && !text.contains("q.db-wal was "))
        fail(QStringLiteral("%1 did not say why it ended: %2").arg(description, QString::fromUtf8(text.right(300))));
}

/// Checks that nothing was acknowledged in the file that has no name any more.
void DatabaseFaults::checkOldFile(int file, int log, double changedAt)
{
    const QString copy = m_context.testbed.path(QStringLiteral("old.db"));
    QFile::remove(copy + QStringLiteral("-shm"));
    if (!copyTo(file, copy) || !copyTo(log, copy + QStringLiteral("-wal"))) {
        fail(QStringLiteral("the previous file could not be read"));
        return;
    }
    const QStringList late = test::RawSql(copy).column(
        QStringLiteral("SELECT 'job ' || job || ': ' || was || ' -> ' || became || "
                       "', worker ' || coalesce(worker, '-') || printf(', %.3f s "
                       "later', at - %1) FROM chaos_log WHERE at > %1")
            .arg(changedAt, 0, 'f', 3));
    if (!late.isEmpty())
        fail(QStringLiteral("changes of jobs were written to the previous file after that: ")
             + late.join(QStringLiteral("; ")));
    m_completedInOldFile = completedIn(copy);
}

void DatabaseFaults::checkNewFile(const QByteArray &content)
{
    const QString path = m_context.testbed.databasePath();
    if (content.isEmpty() ? QFile::exists(path) : test::contentOf(path) != content)
        fail(QStringLiteral("the file that has the name now was changed: %1").arg(changesOf(path, content)));
    if (QFile::exists(path + QStringLiteral("-wal")))
        fail(QStringLiteral("the log of the previous file was left for the next one"));
}

void DatabaseFaults::checkOverwrittenFile()
{
    const QStringList before = stateOf(backupPath());
    const QStringList after = stateOf(m_context.testbed.databasePath());
    if (before == after)
        return;
    fail(QStringLiteral("something was written after that: %1; instead of: %2")
             .arg(rowsOnlyIn(after, before), rowsOnlyIn(before, after)));
}

/// Prepares the database with which the run goes on, and opens it.
bool DatabaseFaults::continueRun()
{
    Testbed &testbed = m_context.testbed;
    const QDir folder = QFileInfo(testbed.databasePath()).dir();
    if (m_kind == Moved && !QFile::rename(testbed.databasePath() + QStringLiteral(".moved"), testbed.databasePath()))
        qFatal("The database cannot be moved back."); // checkNewFile() has reported why
    for (const QString &log : folder.entryList({QStringLiteral("q.db-wal.*")}, QDir::Files)) {
        // The log that was set aside belongs to the file that was moved.
        if (m_kind == Moved && !log.endsWith(QLatin1String("-shm")))
            QFile::rename(folder.filePath(log), testbed.databasePath() + QStringLiteral("-wal"));
        else
            QFile::remove(folder.filePath(log));
    }
    QString error;
    const bool opened = QTest::qWaitFor(
        [&] {
            const Status status = m_kind == Deleted ? testbed.createDatabase() : testbed.openDatabase();
            error = status ? QString() : status.error().message + status.error().detail;
            return status.has_value();
        },
        readyTimeout);
    if (!opened)
        qFatal("The next database cannot be opened: %s", qPrintable(error));
    removeBeatFiles();
    removeTemporaryOutputs();
    if (m_kind == Deleted)
        return m_context.feeder.carryOver(m_completedInOldFile).has_value();
    const QSet<qint64> repeated = m_kind == Overwritten ? QSet<qint64>()
                                                        : m_completedInOldFile - completedIn(testbed.databasePath());
    m_repeatedJobs += repeated.size();
    if (m_kind == Moved && !repeated.isEmpty())
        fail(QStringLiteral("%1 acknowledged jobs are missing in the file that was moved back").arg(repeated.size()));
    return true;
}

/// Removes the beat files of killed managers that only the previous database refers to. No manager can tell that nobody
/// needs them any more, so that they would be kept for 30 days.
void DatabaseFaults::removeBeatFiles()
{
    const QStringList used = test::RawSql(m_context.testbed.databasePath())
                                 .column(QStringLiteral("SELECT DISTINCT beat_path FROM lifeguard_workers WHERE "
                                                        "ended_at IS NULL AND beat_path IS NOT NULL"));
    const QDir folder(m_context.testbed.path(QStringLiteral("state/lifeguard/run")));
    for (const QFileInfo &file : folder.entryInfoList({QStringLiteral("*.beats")}, QDir::Files)) {
        if (!used.contains(file.filePath()) && QFile::remove(file.filePath()))
            m_context.count(QStringLiteral("- beat files of killed managers that only the previous file knew"));
    }
}

/// Removes the temporary outputs of workers that were killed before they noticed the replacement, if the jobs are
/// completed in the database with which the run goes on: no worker begins them again, and nobody else knows their
/// paths.
void DatabaseFaults::removeTemporaryOutputs()
{
    static const QRegularExpression temporary(QStringLiteral("^\\.lifeguard-(\\d+)-\\d+-.*\\.tmp$"));
    QSet<qint64> completed = completedIn(m_context.testbed.databasePath());
    if (m_kind == Deleted)
        completed += m_completedInOldFile;
    QDirIterator files(m_context.testbed.workspace(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        const QRegularExpressionMatch match = temporary.match(files.fileName());
        if (match.hasMatch() && completed.contains(match.captured(1).toLongLong()) && QFile::remove(path))
            m_context.count(QStringLiteral("- temporary outputs of killed workers that only the previous file knew"));
    }
}

} // namespace lifeguard::chaos
