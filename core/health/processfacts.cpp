// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/processfacts.h"

#include "core/base/processtable.h"
#include "core/base/secretmasking.h"
#include "core/base/textdecoding.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QSet>

#include <algorithm>

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qsizetype maxFileSize = 256 * 1024; ///< bytes read from one file in /proc; command lines can be large
/// Index in /proc/PID/stat, after the name, of exit_code (field 52): since Linux 5.17 the signal that stopped the
/// process.
constexpr int exitCodeField = 49;

QString procPath(qint64 pid, const char *name)
{
    return QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name));
}

/// Returns the content of a file; empty if it cannot be read.
QByteArray readFile(const QString &path)
{
    QByteArray content;
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return content;
    char buffer[8192];
    ssize_t n = 0;
    while (content.size() < maxFileSize && (n = read(fd, buffer, sizeof buffer)) > 0)
        content.append(buffer, n);
    close(fd);
    return content;
}

QString readLine(const QString &path)
{
    return decodeText(readFile(path).trimmed());
}

/// Returns the target of a link in /proc without accessing the target, which may hang.
QString linkTarget(const QString &path)
{
    char buffer[4096];
    const ssize_t length = readlink(QFile::encodeName(path).constData(), buffer, sizeof buffer);
    return length > 0 ? decodeText(QByteArray(buffer, length)) : QString();
}

QString processName(qint64 pid)
{
    return readLine(procPath(pid, "comm"));
}

QString userName(uid_t uid)
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[4096];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return QString::fromLocal8Bit(found->pw_name);
    return QString::number(uid);
}

char parseState(const QByteArray &stat)
{
    const qsizetype end = stat.lastIndexOf(')');
    return end >= 0 && end + 2 < stat.size() ? stat.at(end + 2) : '?';
}

/// Returns the name of the kernel function without a suffix from the compiler (".constprop.0"). Returns an empty string
/// if the kernel reports "0", which means none or not readable.
QString readWaitChannel(const QString &folder)
{
    const QString channel = readLine(folder + QStringLiteral("/wchan")).section(QLatin1Char('.'), 0, 0);
    return channel == QStringLiteral("0") ? QString() : channel;
}

/// Returns the numeric names in a folder, sorted.
QList<qint64> numericEntries(const QString &folder)
{
    QList<qint64> numbers;
    for (const QString &name :
         QDir(folder).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot, QDir::Unsorted)) {
        bool isNumber = false;
        const qint64 number = name.toLongLong(&isNumber);
        if (isNumber)
            numbers.append(number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

void readThreads(ProcessFacts &facts)
{
    const QString folder = procPath(facts.pid, "task");
    const QList<qint64> ids = numericEntries(folder);
    facts.threadCount = int(ids.size());
    for (const qint64 tid : ids.mid(0, ProcessFacts::maxThreads)) {
        const QString thread = folder + u'/' + QString::number(tid);
        const QByteArray stat = readFile(thread + QStringLiteral("/stat"));
        if (!stat.isEmpty()) // otherwise the thread has just ended
            facts.threads.append(
                {tid, readLine(thread + QStringLiteral("/comm")), parseState(stat), readWaitChannel(thread)});
    }
}

void readFiles(ProcessFacts &facts)
{
    const QString folder = procPath(facts.pid, "fd");
    if (access(QFile::encodeName(folder).constData(), R_OK | X_OK) != 0)
        return;
    const QList<qint64> descriptors = numericEntries(folder);
    facts.fileCount = int(descriptors.size());
    for (const qint64 fd : descriptors.mid(0, ProcessFacts::maxFiles)) {
        const QString target = linkTarget(folder + u'/' + QString::number(fd));
        if (!target.isEmpty())
            facts.files.append({int(fd), target});
    }
}

void readStatus(ProcessFacts &facts)
{
    for (const QByteArray &line : readFile(procPath(facts.pid, "status")).split('\n')) {
        const QByteArray value = line.mid(line.indexOf(':') + 1).simplified();
        if (line.startsWith("TracerPid:")) {
            facts.tracer = value.toLongLong();
        } else if (line.startsWith("Uid:")) {
            const uid_t uid = uid_t(value.split(' ').value(1).toUInt()); // the effective uid
            facts.user = userName(uid);
            facts.otherUser = uid != geteuid();
        }
    }
    if (facts.tracer > 0)
        facts.tracerName = processName(facts.tracer);
}

QString readControlGroup(qint64 pid)
{
    // cgroup version 2 is one line, "0::/path". For version 1, the group of the memory controller is used.
    QString group;
    for (const QByteArray &line : readFile(procPath(pid, "cgroup")).split('\n')) {
        const QList<QByteArray> parts = line.split(':');
        if (parts.size() < 3)
            continue;
        const QString path = decodeText(parts.mid(2).join(':'));
        if (parts.at(1).split(',').contains("memory"))
            return path;
        if (parts.at(0) == "0")
            group = path;
    }
    return group;
}

/// Returns the path of the open file with this inode; empty if there is none. Reads fdinfo, which accesses no disk.
QString openFileWithInode(qint64 pid, const QByteArray &inode)
{
    for (const qint64 fd : numericEntries(procPath(pid, "fd"))) {
        for (const QByteArray &line : readFile(procPath(pid, "fdinfo/") + QString::number(fd)).split('\n')) {
            if (line.startsWith("ino:") && line.mid(4).trimmed() == inode)
                return linkTarget(procPath(pid, "fd/") + QString::number(fd));
        }
    }
    return {};
}

/// Returns the locks for which these processes wait, by pid. In /proc/locks, the line "3: POSIX ADVISORY WRITE 812
/// fd:01:1234 0 EOF" is a lock that process 812 holds. A line with "->" after the number is a process that waits for
/// the lock with this number.
QHash<qint64, LockWait> readLockWaits(const QSet<qint64> &pids)
{
    QHash<qint64, LockWait> waits;
    QHash<QByteArray, qint64> holders;
    for (const QByteArray &line : readFile(QStringLiteral("/proc/locks")).split('\n')) {
        QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() < 6)
            continue;
        const QByteArray number = fields.takeFirst();
        if (fields.first() != "->") {
            holders.insert(number, fields.at(3).toLongLong());
            continue;
        }
        while (!fields.isEmpty() && fields.first() == "->") // repeated for a process that waits for a waiting process
            fields.removeFirst();
        const qint64 pid = fields.value(3).toLongLong();
        if (!pids.contains(pid))
            continue;
        LockWait wait;
        wait.holder = std::max<qint64>(0, holders.value(number)); // -1: an open file description lock
        wait.holderName = wait.holder > 0 ? processName(wait.holder) : QString();
        wait.file = openFileWithInode(pid, fields.value(4).split(':').last());
        waits.insert(pid, wait);
    }
    return waits;
}

ProcessFacts readFacts(const ProcessEntry &entry, int depth)
{
    static const qint64 ticks = sysconf(_SC_CLK_TCK);
    ProcessFacts facts;
    facts.pid = entry.pid;
    facts.parent = entry.parent;
    facts.startTime = entry.startTime;
    facts.depth = depth;
    facts.state = entry.state;
    facts.residentBytes = entry.residentBytes;
    facts.cpuTime = milliseconds(qint64(entry.cpuTicks) * 1000 / std::max<qint64>(1, ticks));
    facts.name = processName(entry.pid);
    facts.waitChannel = readWaitChannel(QStringLiteral("/proc/%1").arg(entry.pid));
    if (facts.isStopped()) {
        const QByteArray stat = readFile(procPath(entry.pid, "stat"));
        const int code = stat.mid(stat.lastIndexOf(')') + 2).split(' ').value(exitCodeField).trimmed().toInt();
        facts.stopSignal = code > 0 && code < 65 ? code : 0;
    }
    QStringList arguments;
    QByteArray commandLine = readFile(procPath(entry.pid, "cmdline"));
    while (commandLine.endsWith('\0'))
        commandLine.chop(1);
    if (!commandLine.isEmpty()) {
        for (const QByteArray &argument : commandLine.split('\0'))
            arguments.append(decodeText(argument));
    }
    facts.commandLine = maskedCommandLine(arguments);
    facts.program = linkTarget(procPath(entry.pid, "exe"));
    readStatus(facts);
    readThreads(facts);
    readFiles(facts);
    facts.controlGroup = readControlGroup(entry.pid);
    bool isNumber = false;
    const int score = readFile(procPath(entry.pid, "oom_score")).trimmed().toInt(&isNumber);
    facts.oomScore = isNumber ? score : -1;
    return facts;
}

void appendTree(QList<ProcessFacts> &all, const ProcessTable &table, qint64 pid, int depth)
{
    const auto entry = table.entries().constFind(pid);
    if (entry == table.entries().cend() || all.size() >= ProcessFacts::maxProcesses)
        return;
    all.append(readFacts(*entry, depth));
    QList<qint64> children = table.childrenOf(pid);
    std::sort(children.begin(), children.end(), [&table](qint64 a, qint64 b) {
        const quint64 startA = table.entries().value(a).startTime;
        const quint64 startB = table.entries().value(b).startTime;
        return startA != startB ? startA < startB : a < b;
    });
    for (const qint64 child : children)
        appendTree(all, table, child, depth + 1);
}

} // namespace

QString ProcessFacts::displayName() const
{
    const QString file = QFileInfo(program).fileName();
    return file.isEmpty() ? name : file;
}

QList<ProcessFacts> readProcessFacts(qint64 root, quint64 startTime)
{
    QList<ProcessFacts> all;
    const ProcessTable table = ProcessTable::read();
    const auto entry = table.entries().constFind(root);
    if (entry == table.entries().cend() || (startTime > 0 && entry->startTime != startTime))
        return all;
    appendTree(all, table, root, 0);
    all.first().parentName = processName(entry->parent);
    QSet<qint64> pids;
    for (const ProcessFacts &facts : std::as_const(all))
        pids.insert(facts.pid);
    const QHash<qint64, LockWait> waits = readLockWaits(pids);
    for (ProcessFacts &facts : all) {
        if (const auto wait = waits.constFind(facts.pid); wait != waits.cend())
            facts.lockWait = *wait;
    }
    return all;
}

} // namespace lifeguard
