// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/processfacts.h"

#include "core/base/processtree.h"
#include "core/base/secrets.h"
#include "core/base/text.h"

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

constexpr qsizetype mostRead = 256 * 1024; ///< bytes of one file of /proc; command lines can be large
constexpr int exitCodeField = 49; ///< of /proc/PID/stat behind the name: field 52, exit_code; the stop signal while stopped (Linux 5.17)

QString procPath(qint64 pid, const char *name)
{
    return QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name));
}

/// Empty, too, when it cannot be read.
QByteArray contentOf(const QString &path)
{
    QByteArray content;
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return content;
    char buffer[8192];
    ssize_t n = 0;
    while (content.size() < mostRead && (n = read(fd, buffer, sizeof buffer)) > 0)
        content.append(buffer, n);
    close(fd);
    return content;
}

QString lineOf(const QString &path)
{
    return decodedText(contentOf(path).trimmed());
}

/// Where a link of /proc points, without a look at what is there (which may hang).
QString targetOf(const QString &path)
{
    char buffer[4096];
    const ssize_t length = readlink(QFile::encodeName(path).constData(), buffer, sizeof buffer);
    return length > 0 ? decodedText(QByteArray(buffer, length)) : QString();
}

QString nameOf(qint64 pid)
{
    return lineOf(procPath(pid, "comm"));
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

char stateOf(const QByteArray &stat)
{
    const qsizetype end = stat.lastIndexOf(')');
    return end >= 0 && end + 2 < stat.size() ? stat.at(end + 2) : '?';
}

/// The function of the kernel, without what the compiler adds (".constprop.0"); "0" stands for none, or not to be seen.
QString waitChannelOf(const QString &folder)
{
    const QString channel = lineOf(folder + QStringLiteral("/wchan")).section(QLatin1Char('.'), 0, 0);
    return channel == QStringLiteral("0") ? QString() : channel;
}

QList<qint64> numbersIn(const QString &folder)
{
    QList<qint64> numbers;
    for (const QString &name : QDir(folder).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot, QDir::Unsorted)) {
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
    const QList<qint64> ids = numbersIn(folder);
    facts.threadCount = int(ids.size());
    for (const qint64 tid : ids.mid(0, ProcessFacts::threadsShown)) {
        const QString thread = folder + u'/' + QString::number(tid);
        const QByteArray stat = contentOf(thread + QStringLiteral("/stat"));
        if (!stat.isEmpty()) // it ended meanwhile
            facts.threads.append({tid, lineOf(thread + QStringLiteral("/comm")), stateOf(stat), waitChannelOf(thread)});
    }
}

void readFiles(ProcessFacts &facts)
{
    const QString folder = procPath(facts.pid, "fd");
    if (access(QFile::encodeName(folder).constData(), R_OK | X_OK) != 0)
        return;
    const QList<qint64> descriptors = numbersIn(folder);
    facts.fileCount = int(descriptors.size());
    for (const qint64 fd : descriptors.mid(0, ProcessFacts::filesShown)) {
        const QString target = targetOf(folder + u'/' + QString::number(fd));
        if (!target.isEmpty())
            facts.files.append({int(fd), target});
    }
}

void readStatus(ProcessFacts &facts)
{
    for (const QByteArray &line : contentOf(procPath(facts.pid, "status")).split('\n')) {
        const QByteArray value = line.mid(line.indexOf(':') + 1).simplified();
        if (line.startsWith("TracerPid:")) {
            facts.tracer = value.toLongLong();
        } else if (line.startsWith("Uid:")) {
            const uid_t uid = uid_t(value.split(' ').value(1).toUInt()); // the effective one
            facts.user = userName(uid);
            facts.otherUser = uid != geteuid();
        }
    }
    if (facts.tracer > 0)
        facts.tracerName = nameOf(facts.tracer);
}

QString controlGroupOf(qint64 pid)
{
    // Version 2 is one line, "0::/path"; of version 1 the one that limits memory.
    QString group;
    for (const QByteArray &line : contentOf(procPath(pid, "cgroup")).split('\n')) {
        const QList<QByteArray> parts = line.split(':');
        if (parts.size() < 3)
            continue;
        const QString path = decodedText(parts.mid(2).join(':'));
        if (parts.at(1).split(',').contains("memory"))
            return path;
        if (parts.at(0) == "0")
            group = path;
    }
    return group;
}

/// The path of the file with that inode among what the process has open; from fdinfo, which touches no disk.
QString fileWithInode(qint64 pid, const QByteArray &inode)
{
    for (const qint64 fd : numbersIn(procPath(pid, "fd"))) {
        for (const QByteArray &line : contentOf(procPath(pid, "fdinfo/") + QString::number(fd)).split('\n')) {
            if (line.startsWith("ino:") && line.mid(4).trimmed() == inode)
                return targetOf(procPath(pid, "fd/") + QString::number(fd));
        }
    }
    return {};
}

/// Who waits for whose lock, by the pid of who waits. A line of /proc/locks "3: POSIX ADVISORY WRITE 812 fd:01:1234 0 EOF" is held;
/// one with "->" behind the number waits for it.
QHash<qint64, LockWait> lockWaits(const QSet<qint64> &pids)
{
    QHash<qint64, LockWait> waits;
    QHash<QByteArray, qint64> holders;
    for (const QByteArray &line : contentOf(QStringLiteral("/proc/locks")).split('\n')) {
        QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 6)
            continue;
        const QByteArray number = words.takeFirst();
        if (words.first() != "->") {
            holders.insert(number, words.at(3).toLongLong());
            continue;
        }
        while (!words.isEmpty() && words.first() == "->") // who waits for one that waits is indented further
            words.removeFirst();
        const qint64 pid = words.value(3).toLongLong();
        if (!pids.contains(pid))
            continue;
        LockWait wait;
        wait.holder = std::max<qint64>(0, holders.value(number)); // -1: a lock of the open file's own
        wait.holderName = wait.holder > 0 ? nameOf(wait.holder) : QString();
        wait.file = fileWithInode(pid, words.value(4).split(':').last());
        waits.insert(pid, wait);
    }
    return waits;
}

ProcessFacts factsOf(const ProcessEntry &entry, int depth)
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
    facts.name = nameOf(entry.pid);
    facts.waitChannel = waitChannelOf(QStringLiteral("/proc/%1").arg(entry.pid));
    if (facts.isStopped()) {
        const QByteArray stat = contentOf(procPath(entry.pid, "stat"));
        const int code = stat.mid(stat.lastIndexOf(')') + 2).split(' ').value(exitCodeField).trimmed().toInt();
        facts.stopSignal = code > 0 && code < 65 ? code : 0;
    }
    QStringList arguments;
    QByteArray commandLine = contentOf(procPath(entry.pid, "cmdline"));
    while (commandLine.endsWith('\0'))
        commandLine.chop(1);
    if (!commandLine.isEmpty()) {
        for (const QByteArray &argument : commandLine.split('\0'))
            arguments.append(decodedText(argument));
    }
    facts.commandLine = maskedCommandLine(arguments);
    facts.program = targetOf(procPath(entry.pid, "exe"));
    readStatus(facts);
    readThreads(facts);
    readFiles(facts);
    facts.controlGroup = controlGroupOf(entry.pid);
    bool isNumber = false;
    const int score = contentOf(procPath(entry.pid, "oom_score")).trimmed().toInt(&isNumber);
    facts.oomScore = isNumber ? score : -1;
    return facts;
}

void appendTree(QList<ProcessFacts> &all, const ProcessTable &table, qint64 pid, int depth)
{
    const auto entry = table.entries().constFind(pid);
    if (entry == table.entries().cend() || all.size() >= ProcessFacts::processesRead)
        return;
    all.append(factsOf(*entry, depth));
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

QString ProcessFacts::shownName() const
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
    all.first().parentName = nameOf(entry->parent);
    QSet<qint64> pids;
    for (const ProcessFacts &facts : std::as_const(all))
        pids.insert(facts.pid);
    const QHash<qint64, LockWait> waits = lockWaits(pids);
    for (ProcessFacts &facts : all) {
        if (const auto wait = waits.constFind(facts.pid); wait != waits.cend())
            facts.lockWait = *wait;
    }
    return all;
}

} // namespace lifeguard
