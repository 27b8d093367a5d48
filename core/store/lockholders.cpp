// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockholders.h"

#include "core/base/paths.h"
#include "core/base/processtable.h"
#include "core/base/procfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSet>

#include <algorithm>
#include <limits>
#include <optional>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace lifeguard {
namespace {

// Bytes that SQLite locks: of the shared memory https://www.sqlite.org/walformat.html#wal_locks, and of the database
// PENDING_BYTE and RESERVED_BYTE in SQLite's os.h, which are used without write-ahead logging.
constexpr qint64 writeLock = 120;
constexpr qint64 firstReadLock = 123;
constexpr qint64 lastReadLock = 127;
constexpr qint64 openLock = 128; ///< UNIX_SHM_DMS in os_unix.c: held as long as a connection has the log open
constexpr qint64 pendingByte = 0x40000000;
constexpr qint64 lastSharedByte = pendingByte + 511;

/// One line of /proc/locks: "1: POSIX  ADVISORY  WRITE 4711 fd:00:1835018 120 120".
struct FileLock
{
    bool isExclusive = false;
    qint64 pid = 0;
    FileIdentity file;
    qint64 first = 0;
    qint64 last = 0;

    [[nodiscard]] bool covers(qint64 from, qint64 to) const { return first <= to && last >= from; }
};

std::optional<FileLock> lockOf(const QByteArray &line)
{
    const QList<QByteArray> fields = line.simplified().split(' ');
    if (fields.size() != 8 || fields.at(1) == "->") // "->": a process that waits for the lock
        return {};
    const QList<QByteArray> file = fields.at(5).split(':');
    if (file.size() != 3)
        return {};
    FileLock lock;
    lock.isExclusive = fields.at(3) == "WRITE";
    lock.pid = fields.at(4).toLongLong();
    lock.file = {FileIdentity::State::Known, makedev(file.at(0).toUInt(nullptr, 16), file.at(1).toUInt(nullptr, 16)),
                 file.at(2).toULongLong()};
    lock.first = fields.at(6).toLongLong();
    lock.last = fields.at(7) == "EOF" ? std::numeric_limits<qint64>::max() : fields.at(7).toLongLong();
    return lock;
}

void add(QList<qint64> &pids, qint64 pid)
{
    if (!pids.contains(pid))
        pids.append(pid);
}

/// Returns whether the process has opened the shared memory of a database without the database: it uses the previous
/// file of that name. The locks alone do not show that: a process loses its locks of a file when it closes any
/// descriptor of it (fcntl(2)), for example after copying it; and the kernel lists the locks piece by piece, while
/// processes that open or close the database change them. SQLite opens the database before its shared memory, and
/// closes it afterwards. Returns nothing if the process cannot be examined, because it has ended or is hidden.
std::optional<bool> usesPreviousFile(qint64 pid, const FileIdentity &database, const FileIdentity &sharedMemory)
{
    const QString folder = QStringLiteral("/proc/%1/fd").arg(pid);
    const QStringList descriptors = QDir(folder).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    if (descriptors.isEmpty())
        return {};
    const auto hasOpened = [&](const FileIdentity &file) {
        return std::ranges::any_of(descriptors, [&](const QString &descriptor) {
            return FileIdentity::of(folder + u'/' + descriptor) == file;
        });
    };
    return hasOpened(sharedMemory) && !hasOpened(database);
}

} // namespace

LockHolders LockHolders::parse(const QByteArray &locks, const FileIdentity &database, const FileIdentity &sharedMemory,
                               const std::function<QString(qint64)> &programOf)
{
    LockHolders holders;
    holders.m_programOf = programOf;
    QSet<qint64> usersOfLog;
    QSet<qint64> usersOfDatabase;
    for (const QByteArray &line : locks.split('\n')) {
        const std::optional<FileLock> lock = lockOf(line);
        if (!lock)
            continue;
        const bool ofMemory = lock->file == sharedMemory;
        const bool ofDatabase = lock->file == database;
        if (lock->isExclusive
            && ((ofMemory && lock->covers(writeLock, writeLock))
                || (ofDatabase && lock->covers(pendingByte, lastSharedByte))))
            add(holders.m_writers, lock->pid);
        if (!lock->isExclusive && ofMemory && lock->covers(firstReadLock, lastReadLock))
            add(holders.m_readers, lock->pid);
        if (ofMemory && lock->covers(openLock, openLock))
            usersOfLog.insert(lock->pid);
        // Locked before the log is opened, and until the log is closed.
        if (ofDatabase)
            usersOfDatabase.insert(lock->pid);
    }
    holders.m_users = QList<qint64>(usersOfDatabase.cbegin(), usersOfDatabase.cend());
    const QSet<qint64> onlyOfLog = usersOfLog - usersOfDatabase;
    for (const qint64 pid : onlyOfLog)
        holders.m_usersOfPreviousFile.append(pid);
    return holders;
}

LockHolders LockHolders::of(const QString &databasePath)
{
    const QString path = canonicalPath(databasePath);
    if (path.isEmpty())
        return {};
    const FileIdentity database = FileIdentity::of(path);
    const FileIdentity sharedMemory = FileIdentity::of(path + QStringLiteral("-shm"));
    LockHolders holders = parse(readProcFile("/proc/locks"), database, sharedMemory, [](qint64 pid) {
        const std::optional<ProcessEntry> process = processEntry(pid);
        return process ? QString::fromLocal8Bit(process->name) : QString();
    });
    holders.m_usersOfPreviousFile.removeIf([&](qint64 pid) {
        const std::optional<bool> uses = usesPreviousFile(pid, database, sharedMemory);
        holders.m_mayHaveHiddenUsers |= !uses.has_value();
        return !uses.value_or(false);
    });
    return holders;
}

QList<LockHolder> LockHolders::named(const QList<qint64> &pids) const
{
    QList<LockHolder> holders;
    for (const qint64 pid : pids) {
        QString program = pid > 0 ? m_programOf(pid) : QString();
        if (program == QLatin1String("lifeguard-worke")) // the kernel stores 15 characters
            program += u'r';
        holders.append({pid, program, pid == getpid() || program.startsWith(QLatin1String("lifeguard"))});
    }
    return holders;
}

bool LockHolders::areOurs(const QList<LockHolder> &holders)
{
    return std::all_of(holders.cbegin(), holders.cend(), [](const LockHolder &holder) { return holder.isOurs; });
}

QString LockHolders::describe(const QList<LockHolder> &holders)
{
    QStringList names;
    for (const LockHolder &holder : holders) {
        const QString program = holder.program.isEmpty()
                                  ? QCoreApplication::translate("lifeguard::LockHolders", "a hidden program")
                                  : holder.program;
        //: %1: the name of a program, %2: the number of its process
        names.append(
            QCoreApplication::translate("lifeguard::LockHolders", "%1 (process %2)").arg(program).arg(holder.pid));
    }
    return names.join(QStringLiteral(", "));
}

QString LockHolders::lockedText(const QString &databasePath)
{
    const QList<LockHolder> holders = of(databasePath).writers();
    if (holders.isEmpty())
        return QCoreApplication::translate("lifeguard::LockHolders", "the database is locked");
    const QString names = describe(holders);
    if (areOurs(holders))
        //: %1: such as "lifeguard-worker (process 4711)"
        return QCoreApplication::translate("lifeguard::LockHolders", "the database is in use by %1").arg(names);
    //: %1: such as "sqlite3 (process 4711)"
    return QCoreApplication::translate("lifeguard::LockHolders", "the database is locked by %1").arg(names);
}

} // namespace lifeguard
