// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/cgroups.h"

#include "core/base/logging.h"
#include "core/base/processidentity.h"
#include "core/base/processtable.h"

#include <QSet>

#include <cerrno>
#include <tuple>

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int maxRounds = 50; ///< with the pause, 100 ms
constexpr timespec roundPause{0, 2'000'000};
constexpr qint64 cpuPeriodUs = 100'000; ///< the default of the kernel
constexpr qint64 minQuotaUs = 1'000; ///< the minimum that the kernel accepts

/// Returns the beginning of the names of our cgroups, "lifeguard-PID.START.NS-". It identifies the manager, so that
/// other managers can find out whether it has ended.
QString ownPrefix()
{
    static const QString prefix = [] {
        const ProcessIdentity self = ProcessIdentity::self();
        const QString pidNamespace = self.pidNamespace.section(u'[', 1).chopped(self.pidNamespace.endsWith(u']') ? 1
                                                                                                                 : 0);
        return QStringLiteral("lifeguard-%1.%2.%3-").arg(self.pid).arg(self.startTime).arg(pidNamespace);
    }();
    return prefix;
}

/// Returns the name of the child cgroup that this process moves to.
QString leafName()
{
    return ownPrefix() + QStringLiteral("manager");
}

/// Returns whether the manager that created the cgroup with this name is known to have ended.
bool isLeftBehind(const QString &name)
{
    if (!name.startsWith(QLatin1String("lifeguard-")) || name.startsWith(ownPrefix()))
        return false;
    ProcessIdentity creator = ProcessIdentity::self(); // the boot and the pid namespace are the same, except in the
                                                       // case below
    const QString text = name.section(u'-', 1, 1);
    if (text.section(u'.', 2, 2) != ownPrefix().section(u'-', 1, 1).section(u'.', 2, 2))
        return false; // created in a container that shares this cgroup hierarchy
    bool isPidValid = false;
    bool isStartValid = false;
    creator.pid = text.section(u'.', 0, 0).toLongLong(&isPidValid);
    creator.startTime = text.section(u'.', 1, 1).toULongLong(&isStartValid);
    return isPidValid && isStartValid && presenceOf(creator) == ProcessPresence::Gone;
}

QStringList splitWords(const QByteArray &text)
{
    return QString::fromUtf8(text).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

Cgroups::Cgroups(std::shared_ptr<CgroupFiles> files) : m_files(std::move(files)) {}

Cgroups::~Cgroups()
{
    sweep();
}

std::shared_ptr<WorkerCgroup> Cgroups::create(const QString &name, const CgroupLimits &limits)
{
    if (!limits.any())
        return {};
    prepare();
    auto group = std::make_shared<WorkerCgroup>(m_files);
    limitCpu(*group, name, limits.cpu);
    limitMemory(*group, name, limits.memoryMb);
    // Folders that enforce nothing are removed. If processes cannot enter one of the other folders, the cgroup cannot
    // be used.
    QStringList kept;
    for (const QString &folder : std::as_const(group->m_folders)) {
        if (folder == group->m_memoryFolder || folder == group->m_cpuFolder)
            kept.append(folder);
        else
            m_files->removeFolder(folder);
    }
    group->m_folders = kept;
    for (const QString &folder : kept) {
        const int fd = CgroupFiles::openForWriting(folder + QStringLiteral("/cgroup.procs"));
        if (fd < 0) {
            std::ignore = group->remove();
            return nullptr;
        }
        group->m_entries.append(fd);
    }
    return kept.isEmpty() ? nullptr : group;
}

void Cgroups::limitCpu(WorkerCgroup &group, const QString &name, double cores)
{
    const QString folder = cores > 0 ? createFolder(group, name, QStringLiteral("cpu")) : QString();
    if (folder.isEmpty())
        return;
    const QByteArray period = QByteArray::number(cpuPeriodUs);
    const QByteArray quota = QByteArray::number(qMax(minQuotaUs, qRound64(cores * double(cpuPeriodUs))));
    bool isAccepted = false;
    if (m_layout.v1.contains(QStringLiteral("cpu"))) {
        isAccepted = m_files->write(folder + QStringLiteral("/cpu.cfs_period_us"), period) == 0
                  && m_files->write(folder + QStringLiteral("/cpu.cfs_quota_us"), quota) == 0;
    } else {
        isAccepted = m_files->write(folder + QStringLiteral("/cpu.max"), quota + ' ' + period) == 0;
    }
    if (isAccepted)
        group.m_cpuFolder = folder;
}

void Cgroups::limitMemory(WorkerCgroup &group, const QString &name, qint64 megabytes)
{
    const QString folder = megabytes > 0 ? createFolder(group, name, QStringLiteral("memory")) : QString();
    if (folder.isEmpty())
        return;
    const QByteArray bytes = QByteArray::number(megabytes * 1024 * 1024);
    group.m_isMemoryUnified = !m_layout.v1.contains(QStringLiteral("memory"));
    // The limit includes swap. If the kernel does not account for swap, its file does not exist, and only resident
    // memory is limited.
    bool isAccepted = false;
    if (group.m_isMemoryUnified) {
        const int swap = m_files->write(folder + QStringLiteral("/memory.swap.max"), "0");
        isAccepted = (swap == 0 || swap == ENOENT)
                  && m_files->write(folder + QStringLiteral("/memory.max"), bytes) == 0;
        if (!isAccepted) // the folder may be kept for the CPU limit
            m_files->write(folder + QStringLiteral("/memory.swap.max"), "max");
    } else {
        isAccepted = m_files->write(folder + QStringLiteral("/memory.limit_in_bytes"), bytes) == 0;
        const int both = isAccepted ? m_files->write(folder + QStringLiteral("/memory.memsw.limit_in_bytes"), bytes)
                                    : 0;
        isAccepted = isAccepted && (both == 0 || both == ENOENT);
        if (!isAccepted)
            m_files->write(folder + QStringLiteral("/memory.limit_in_bytes"), "-1");
    }
    if (isAccepted) {
        group.m_memoryFolder = folder;
        group.m_memoryLimit = megabytes * 1024 * 1024;
    }
}

QString Cgroups::createFolder(WorkerCgroup &group, const QString &name, const QString &controller)
{
    QString parent = m_layout.v1.value(controller);
    if (parent.isEmpty() && m_unifiedControllers.contains(controller))
        parent = m_layout.unified;
    if (parent.isEmpty())
        return {};
    const QString folder = parent + u'/' + ownPrefix() + name;
    if (group.m_folders.contains(folder))
        return folder; // in v2, or if v1 controllers share a hierarchy
    if (!m_files->createFolder(folder))
        return {};
    group.m_folders.append(folder);
    return folder;
}

void Cgroups::prepare()
{
    if (m_isPrepared)
        return;
    m_isPrepared = true;
    m_layout = CgroupLayout::parse(m_files->selfCgroup(), m_files->mountinfo());
    prepareUnified();
    QSet<QString> parents;
    for (const QString &controller : {QStringLiteral("memory"), QStringLiteral("cpu")})
        parents.insert(m_layout.v1.value(controller, m_layout.unified));
    for (const QString &parent : std::as_const(parents))
        removeLeftovers(parent);
}

void Cgroups::prepareUnified()
{
    QString &own = m_layout.unified;
    if (own.isEmpty())
        return;
    if (own.endsWith(u'/' + leafName())) // this process has already been moved
        own.chop(leafName().size() + 1);
    QStringList wanted;
    const QStringList available = splitWords(CgroupFiles::read(own + QStringLiteral("/cgroup.controllers")).trimmed());
    for (const QString &controller : {QStringLiteral("cpu"), QStringLiteral("memory")}) {
        if (!m_layout.v1.contains(controller) && available.contains(controller))
            wanted.append(controller);
    }
    const QStringList enabled = splitWords(
        CgroupFiles::read(own + QStringLiteral("/cgroup.subtree_control")).trimmed());
    QByteArray command;
    for (const QString &controller : std::as_const(wanted)) {
        if (!enabled.contains(controller))
            command += (command.isEmpty() ? "+" : " +") + controller.toUtf8();
    }
    if (command.isEmpty() || (CgroupFiles::isOwn(own) && delegateControllers(command))) {
        m_unifiedControllers = wanted;
        return;
    }
    for (const QString &controller : std::as_const(wanted)) {
        if (enabled.contains(controller))
            m_unifiedControllers.append(controller);
    }
}

bool Cgroups::delegateControllers(const QByteArray &command)
{
    const QString control = m_layout.unified + QStringLiteral("/cgroup.subtree_control");
    const int error = m_files->write(control, command);
    if (error != EBUSY) // EBUSY: the cgroup contains processes, possibly only ours
        return error == 0;
    const QString leaf = m_layout.unified + u'/' + leafName();
    if (!m_files->createFolder(leaf))
        return false;
    if (moveSelf(m_layout.unified, leaf) && m_files->write(control, command) == 0)
        return true;
    for (const qint64 pid : CgroupFiles::processesIn(leaf))
        m_files->write(m_layout.unified + QStringLiteral("/cgroup.procs"), QByteArray::number(pid));
    m_files->removeFolder(leaf);
    return false;
}

bool Cgroups::moveSelf(const QString &from, const QString &to) const
{
    // A child may fork in the meantime, so repeat until the cgroup is empty.
    for (int round = 0; round < maxRounds; ++round) {
        const QList<qint64> present = CgroupFiles::processesIn(from);
        if (present.isEmpty())
            return true;
        QSet<qint64> ours;
        for (const ProcessEntry &process : ProcessTable::read().treeOf(getpid()))
            ours.insert(process.pid);
        for (const qint64 pid : present) {
            if (!ours.contains(pid))
                return false; // a process that is not ours, such as the shell of a terminal, must not be moved
        }
        for (const qint64 pid : present) {
            const int error = m_files->write(to + QStringLiteral("/cgroup.procs"), QByteArray::number(pid));
            if (error != 0 && error != ESRCH)
                return false;
        }
    }
    return false;
}

void Cgroups::removeLeftovers(const QString &parent) const
{
    if (parent.isEmpty())
        return;
    for (const QString &name : CgroupFiles::folders(parent)) {
        const QString folder = parent + u'/' + name;
        if (isLeftBehind(name) && CgroupFiles::processesIn(folder).isEmpty())
            m_files->removeFolder(folder);
    }
}

void Cgroups::dispose(const std::shared_ptr<WorkerCgroup> &group)
{
    if (!group)
        return;
    group->kill();
    for (int round = 0; round < maxRounds; ++round) {
        if (group->remove())
            return;
        nanosleep(&roundPause, nullptr);
    }
    abandon(group);
}

void Cgroups::abandon(const std::shared_ptr<WorkerCgroup> &group)
{
    const QMutexLocker lock(&m_mutex);
    m_abandoned.append(group);
}

void Cgroups::sweep()
{
    const QMutexLocker lock(&m_mutex);
    m_abandoned.removeIf([](const std::shared_ptr<WorkerCgroup> &group) { return group->remove(); });
}

} // namespace lifeguard
