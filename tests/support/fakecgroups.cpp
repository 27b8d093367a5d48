// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakecgroups.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

#include <unistd.h>

namespace lifeguard::test {
namespace {

QString at(const QString &folder, const char *file)
{
    return folder + u'/' + QString::fromUtf8(file);
}

} // namespace

QString FakeCgroups::textOf(const QString &path)
{
    return QString::fromUtf8(read(path)).trimmed();
}

void FakeCgroups::put(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

void FakeCgroups::mountUnified(const QByteArray &controllers, const QList<qint64> &processes)
{
    m_unified = true;
    m_mounts += "30 24 0:26 / " + QFile::encodeName(m_root) + "/unified rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    QDir().mkpath(own());
    put(at(own(), "cgroup.controllers"), controllers + '\n');
    put(at(own(), "cgroup.subtree_control"), "\n");
    QByteArray pids;
    for (const qint64 pid : processes)
        pids += QByteArray::number(pid) + '\n';
    put(at(own(), "cgroup.procs"), pids);
}

void FakeCgroups::mountV1()
{
    for (const char *controller : {"memory", "cpu"}) {
        m_mounts += "31 24 0:27 / " + QFile::encodeName(m_root) + '/' + controller + " rw shared:5 - cgroup cgroup rw," + controller + '\n';
        m_v1Lines += QByteArray("4:") + controller + ":/job\n";
        QDir().mkpath(ownV1(QString::fromUtf8(controller)));
        put(at(ownV1(QString::fromUtf8(controller)), "cgroup.procs"), QByteArray::number(getpid()) + '\n');
    }
}

void FakeCgroups::addFolder(const QString &path, const QByteArray &processes)
{
    createFolder(path);
    put(at(path, "cgroup.procs"), processes);
}

QByteArray FakeCgroups::selfCgroup() const
{
    QByteArray text = m_v1Lines;
    // In v2 a process may have moved, so search for it.
    QDirIterator folders(m_root + QStringLiteral("/unified"), {QStringLiteral("cgroup.procs")}, QDir::Files, QDirIterator::Subdirectories);
    while (folders.hasNext()) {
        const QString file = folders.next();
        if (read(file).split('\n').contains(QByteArray::number(getpid())))
            text += "0::" + QFileInfo(file).path().mid(m_root.size() + qstrlen("/unified")).toUtf8() + '\n';
    }
    return text;
}

QByteArray FakeCgroups::mountinfo() const
{
    const_cast<FakeCgroups *>(this)->mountReads++;
    return "24 1 8:1 / / rw - ext4 /dev/vda1 rw\n" + m_mounts;
}

bool FakeCgroups::createFolder(const QString &path)
{
    if (!QDir().mkdir(path))
        return false;
    put(at(path, "cgroup.procs"), {});
    const QString parent = QFileInfo(path).path();
    const bool unified = path.startsWith(m_root + QStringLiteral("/unified/"));
    const QStringList given = textOf(at(parent, "cgroup.subtree_control")).split(u' ');
    QList<const char *> files;
    if (unified) {
        files = {"cgroup.kill", "cgroup.subtree_control"};
        put(at(path, "cgroup.controllers"), given.join(u' ').toUtf8());
        if (given.contains(QStringLiteral("memory")))
            files += {"memory.max", "memory.swap.max", "memory.events"};
        if (given.contains(QStringLiteral("cpu")))
            files += {"cpu.max"};
    } else if (path.startsWith(m_root + QStringLiteral("/memory/"))) {
        files = {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control", "memory.max_usage_in_bytes"};
    } else {
        files = {"cpu.cfs_period_us", "cpu.cfs_quota_us"};
    }
    for (const char *file : std::as_const(files))
        put(at(path, file), "\n");
    return true;
}

bool FakeCgroups::removeFolder(const QString &path)
{
    if (!QFileInfo::exists(path))
        return true;
    const bool busy = !textOf(at(path, "cgroup.procs")).isEmpty() || !folders(path).isEmpty();
    return !busy && QDir(path).removeRecursively();
}

int FakeCgroups::enter(const QString &folder, const QByteArray &text)
{
    if (!textOf(at(folder, "cgroup.subtree_control")).isEmpty())
        return EBUSY;
    const QByteArray pid = text == "0" ? QByteArray::number(getpid()) : text;
    QDirIterator files(m_root + QStringLiteral("/unified"), {QStringLiteral("cgroup.procs")}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        QList<QByteArray> pids = read(file).split('\n');
        if (pids.removeAll(pid) > 0)
            put(file, pids.join('\n'));
    }
    put(at(folder, "cgroup.procs"), read(at(folder, "cgroup.procs")) + pid + '\n');
    return 0;
}

int FakeCgroups::delegate(const QString &folder, const QByteArray &command)
{
    const QStringList offered = textOf(at(folder, "cgroup.controllers")).split(u' ');
    QStringList given = textOf(at(folder, "cgroup.subtree_control")).split(u' ', Qt::SkipEmptyParts);
    for (const QByteArray &word : command.split(' ')) {
        const QString controller = QString::fromUtf8(word.mid(1));
        if (!offered.contains(controller))
            return ENOENT;
        given.append(controller);
    }
    if (!textOf(at(folder, "cgroup.procs")).isEmpty())
        return EBUSY;
    put(at(folder, "cgroup.subtree_control"), given.join(u' ').toUtf8() + '\n');
    return 0;
}

int FakeCgroups::write(const QString &path, const QByteArray &text)
{
    const QString file = QFileInfo(path).fileName();
    if (m_refused.contains(file))
        return m_refused.value(file);
    if (!QFileInfo::exists(path))
        return ENOENT;
    if (file == QLatin1String("cgroup.procs"))
        return enter(QFileInfo(path).path(), text);
    if (file == QLatin1String("cgroup.subtree_control"))
        return delegate(QFileInfo(path).path(), text);
    put(path, text + '\n');
    return 0;
}

} // namespace lifeguard::test
