// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/leftovers.h"

#include "core/base/processtree.h"
#include "tests/support/queuetest.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>

namespace lifeguard::chaos {
namespace {

QString describe(qint64 pid)
{
    QFile command(QStringLiteral("/proc/%1/cmdline").arg(pid));
    const QByteArray text = command.open(QIODevice::ReadOnly) ? command.readAll().replace('\0', ' ').left(200)
                                                              : QByteArray();
    return QStringLiteral("process %1: %2").arg(pid).arg(QString::fromLocal8Bit(text));
}

/// Returns the processes that still run, found by their environment and by the database.
QStringList remainingProcesses(Testbed &testbed)
{
    test::RawSql raw(testbed.databasePath());
    const QStringList ids = raw.column(QStringLiteral("SELECT executor_id FROM lifeguard_workers"));
    QList<qint64> pids = testbed.markedProcesses() + testbed.daemons().keys()
                       + processesWithExecutorId(QSet<QString>(ids.cbegin(), ids.cend()));
    for (const QString &text :
         raw.column(QStringLiteral("SELECT process FROM lifeguard_workers WHERE process IS NOT NULL"))) {
        const auto process = ProcessIdentity::fromString(text);
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            pids.append(process->pid);
    }
    QStringList found;
    for (const qint64 pid : QSet<qint64>(pids.cbegin(), pids.cend()))
        found.append(describe(pid));
    return found;
}

/// Returns when a temporary output was written, and what happened to its job: who should have removed it?
QString historyOf(const QFileInfo &file, const QString &databasePath)
{
    const QString job = file.fileName().section(u'-', 1, 1);
    const QStringList changes = test::RawSql(databasePath)
                                    .column(QStringLiteral("SELECT printf('%.3f: ', at) || was || ' -> ' || became || "
                                                           "', attempt ' || attempts || ', worker ' || "
                                                           "coalesce(worker, '-') || coalesce(', ' || why, '') FROM "
                                                           "chaos_log WHERE job = %1 ORDER BY at")
                                                .arg(job.toLongLong()));
    return QStringLiteral("\n    written at %1\n    ")
               .arg(double(file.lastModified().toMSecsSinceEpoch()) / 1000, 0, 'f', 3)
         + changes.join(QStringLiteral("\n    "));
}

QStringList unexpectedFiles(Testbed &testbed, const JobFeeder &feeder)
{
    QSet<QString> expected;
    for (qint64 id = 1; id <= feeder.jobCount(); ++id)
        expected.insert(feeder.outputName(id));
    QStringList found;
    QDirIterator files(testbed.workspace(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString name = files.next().mid(testbed.workspace().size() + 1);
        if (!expected.contains(name))
            found.append(QStringLiteral("file in the workspace: ") + name
                         + historyOf(files.fileInfo(), testbed.databasePath()));
    }
    for (const QString &name :
         QDir(testbed.path(QStringLiteral("tmp"))).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot))
        found.append(QStringLiteral("in the folder for temporary files: ") + name);
    return found;
}

QDir beatFolder(Testbed &testbed)
{
    return QDir(testbed.path(QStringLiteral("state/lifeguard/run")));
}

} // namespace

void ageBeatFiles(Testbed &testbed)
{
    for (const QFileInfo &info : beatFolder(testbed).entryInfoList({QStringLiteral("*.beats")}, QDir::Files)) {
        QFile file(info.filePath());
        if (file.open(QIODevice::ReadWrite))
            file.setFileTime(info.lastModified().addSecs(-61), QFileDevice::FileModificationTime);
    }
}

Leftovers findLeftovers(Testbed &testbed, const JobFeeder &feeder)
{
    Leftovers left;
    left.processes = remainingProcesses(testbed);
    left.temporaryFiles = unexpectedFiles(testbed, feeder);
    for (const QString &name : beatFolder(testbed).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot))
        left.beatFiles.append(QStringLiteral("beat file: ") + name);
    return left;
}

} // namespace lifeguard::chaos
