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

constexpr int rounds = 50; ///< of killing, and of trying to remove: with the pause, 100 ms
constexpr timespec roundPause{0, 2'000'000};
constexpr qint64 cpuPeriodUs = 100'000; ///< the kernel's default; quotas count within it
constexpr qint64 leastQuotaUs = 1'000; ///< the kernel takes no less

/// Cgroups of ours are named "lifeguard-PID.START.NS-…", so that others see whose they are and whether that manager lives.
QString ownPrefix()
{
    static const QString prefix = [] {
        const ProcessIdentity self = ProcessIdentity::self();
        const QString space = self.pidNamespace.section(u'[', 1).chopped(self.pidNamespace.endsWith(u']') ? 1 : 0);
        return QStringLiteral("lifeguard-%1.%2.%3-").arg(self.pid).arg(self.startTime).arg(space);
    }();
    return prefix;
}

QString leafName()
{
    return ownPrefix() + QStringLiteral("manager");
}

/// Whether the manager that made a cgroup of this name is known to be gone.
bool isOfTheDead(const QString &name)
{
    if (!name.startsWith(QLatin1String("lifeguard-")) || name.startsWith(ownPrefix()))
        return false;
    ProcessIdentity maker = ProcessIdentity::self(); // its boot and pid namespace are ours, or its folder were not here …
    const QString text = name.section(u'-', 1, 1);
    if (text.section(u'.', 2, 2) != ownPrefix().section(u'-', 1, 1).section(u'.', 2, 2))
        return false; // … except a container's that shares this tree: not ours to judge
    bool pidRead = false;
    bool startRead = false;
    maker.pid = text.section(u'.', 0, 0).toLongLong(&pidRead);
    maker.startTime = text.section(u'.', 1, 1).toULongLong(&startRead);
    return pidRead && startRead && presenceOf(maker) == ProcessPresence::Gone;
}

QList<qint64> processesIn(const QString &folder)
{
    QList<qint64> pids;
    const QByteArray text = CgroupFiles::read(folder + QStringLiteral("/cgroup.procs"));
    for (const QByteArray &line : text.split('\n')) {
        if (!line.trimmed().isEmpty())
            pids.append(line.trimmed().toLongLong()); // 0: a process of another pid namespace
    }
    return pids;
}

QStringList words(const QByteArray &text)
{
    return QString::fromUtf8(text).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

void WorkerCgroup::closeEntries()
{
    for (const int fd : m_entries)
        close(fd);
    m_entries.clear();
}

bool WorkerCgroup::contains(qint64 pid) const
{
    for (const QString &folder : m_folders) {
        if (!processesIn(folder).contains(pid))
            return false;
    }
    return !m_folders.isEmpty();
}

CgroupKills WorkerCgroup::kills() const
{
    if (m_memory.isEmpty())
        return {};
    if (m_memoryUnified)
        return killsFromEvents(CgroupFiles::read(m_memory + QStringLiteral("/memory.events")));
    const auto number = [this](const char *file) { return CgroupFiles::read(m_memory + u'/' + QString::fromUtf8(file)).trimmed().toLongLong(); };
    return killsFromOomControl(CgroupFiles::read(m_memory + QStringLiteral("/memory.oom_control")),
                               qMax(number("memory.max_usage_in_bytes"), number("memory.memsw.max_usage_in_bytes")), m_memoryLimit);
}

void WorkerCgroup::kill()
{
    for (const QString &folder : m_folders)
        m_files->write(folder + QStringLiteral("/cgroup.kill"), "1"); // v2 since Linux 5.14: all at once, nothing forks away
    const pid_t self = getpid();
    for (int round = 0; round < rounds; ++round) {
        bool left = false;
        for (const QString &folder : m_folders) {
            for (const qint64 pid : processesIn(folder)) {
                if (pid > 1 && pid != self)
                    left = ::kill(static_cast<pid_t>(pid), SIGKILL) == 0 || left;
            }
        }
        if (!left)
            return;
        nanosleep(&roundPause, nullptr);
    }
}

bool WorkerCgroup::remove()
{
    closeEntries();
    bool all = true;
    for (const QString &folder : m_folders)
        all = m_files->removeFolder(folder) && all;
    return all;
}

Cgroups::Cgroups(std::shared_ptr<CgroupFiles> files) : m_files(std::move(files)) {}

Cgroups::~Cgroups()
{
    sweep();
}

std::shared_ptr<WorkerCgroup> Cgroups::make(const QString &name, const CgroupLimits &limits)
{
    if (!limits.any())
        return {};
    prepare();
    auto group = std::make_shared<WorkerCgroup>(m_files);
    limitCpu(*group, name, limits.cpu);
    limitMemory(*group, name, limits.memoryMb);
    // A folder that enforces nothing goes again; one whose door cannot be opened takes the whole with it.
    QStringList kept;
    for (const QString &folder : std::as_const(group->m_folders)) {
        if (folder == group->m_memory || folder == group->m_cpu)
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
    const QString folder = cores > 0 ? folderFor(group, name, QStringLiteral("cpu")) : QString();
    if (folder.isEmpty())
        return;
    const QByteArray period = QByteArray::number(cpuPeriodUs);
    const QByteArray quota = QByteArray::number(qMax(leastQuotaUs, qRound64(cores * double(cpuPeriodUs))));
    bool taken = false;
    if (m_layout.v1.contains(QStringLiteral("cpu"))) {
        taken = m_files->write(folder + QStringLiteral("/cpu.cfs_period_us"), period) == 0
            && m_files->write(folder + QStringLiteral("/cpu.cfs_quota_us"), quota) == 0;
    } else {
        taken = m_files->write(folder + QStringLiteral("/cpu.max"), quota + ' ' + period) == 0;
    }
    if (taken)
        group.m_cpu = folder;
}

void Cgroups::limitMemory(WorkerCgroup &group, const QString &name, qint64 megabytes)
{
    const QString folder = megabytes > 0 ? folderFor(group, name, QStringLiteral("memory")) : QString();
    if (folder.isEmpty())
        return;
    const QByteArray bytes = QByteArray::number(megabytes * 1024 * 1024);
    group.m_memoryUnified = !m_layout.v1.contains(QStringLiteral("memory"));
    // Swap counts as memory. Where the kernel does not account for it there is no such file; then what is resident counts.
    bool taken = false;
    if (group.m_memoryUnified) {
        const int swap = m_files->write(folder + QStringLiteral("/memory.swap.max"), "0");
        taken = (swap == 0 || swap == ENOENT) && m_files->write(folder + QStringLiteral("/memory.max"), bytes) == 0;
        if (!taken) // the folder may stay for the CPU's sake
            m_files->write(folder + QStringLiteral("/memory.swap.max"), "max");
    } else {
        taken = m_files->write(folder + QStringLiteral("/memory.limit_in_bytes"), bytes) == 0;
        const int both = taken ? m_files->write(folder + QStringLiteral("/memory.memsw.limit_in_bytes"), bytes) : 0;
        taken = taken && (both == 0 || both == ENOENT);
        if (!taken)
            m_files->write(folder + QStringLiteral("/memory.limit_in_bytes"), "-1");
    }
    if (taken) {
        group.m_memory = folder;
        group.m_memoryLimit = megabytes * 1024 * 1024;
    }
}

QString Cgroups::folderFor(WorkerCgroup &group, const QString &name, const QString &controller)
{
    QString parent = m_layout.v1.value(controller);
    if (parent.isEmpty() && m_unifiedControllers.contains(controller))
        parent = m_layout.unified;
    if (parent.isEmpty())
        return {};
    const QString folder = parent + u'/' + ownPrefix() + name;
    if (group.m_folders.contains(folder))
        return folder; // v2, or a hierarchy that v1 controllers share
    if (!m_files->makeFolder(folder))
        return {};
    group.m_folders.append(folder);
    return folder;
}

void Cgroups::prepare()
{
    if (m_prepared)
        return;
    m_prepared = true;
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
    if (own.endsWith(u'/' + leafName())) // this process has moved already
        own.chop(leafName().size() + 1);
    QStringList wanted;
    const QStringList offered = words(CgroupFiles::read(own + QStringLiteral("/cgroup.controllers")).trimmed());
    for (const QString &controller : {QStringLiteral("cpu"), QStringLiteral("memory")}) {
        if (!m_layout.v1.contains(controller) && offered.contains(controller))
            wanted.append(controller);
    }
    const QStringList given = words(CgroupFiles::read(own + QStringLiteral("/cgroup.subtree_control")).trimmed());
    QByteArray command;
    for (const QString &controller : std::as_const(wanted)) {
        if (!given.contains(controller))
            command += (command.isEmpty() ? "+" : " +") + controller.toUtf8();
    }
    if (command.isEmpty() || (CgroupFiles::isOwn(own) && giveControllers(command))) {
        m_unifiedControllers = wanted;
        return;
    }
    for (const QString &controller : std::as_const(wanted)) {
        if (given.contains(controller))
            m_unifiedControllers.append(controller);
    }
}

bool Cgroups::giveControllers(const QByteArray &command)
{
    const QString control = m_layout.unified + QStringLiteral("/cgroup.subtree_control");
    const int error = m_files->write(control, command);
    if (error != EBUSY) // processes stand in the way: us, perhaps
        return error == 0;
    const QString leaf = m_layout.unified + u'/' + leafName();
    if (!m_files->makeFolder(leaf))
        return false;
    if (moveSelf(m_layout.unified, leaf) && m_files->write(control, command) == 0)
        return true;
    for (const qint64 pid : processesIn(leaf))
        m_files->write(m_layout.unified + QStringLiteral("/cgroup.procs"), QByteArray::number(pid));
    m_files->removeFolder(leaf);
    return false;
}

bool Cgroups::moveSelf(const QString &from, const QString &to) const
{
    // A child may fork while we look: look again, a few times.
    for (int round = 0; round < rounds; ++round) {
        const QList<qint64> present = processesIn(from);
        if (present.isEmpty())
            return true;
        QSet<qint64> ours;
        for (const ProcessEntry &process : ProcessTable::read().treeOf(getpid()))
            ours.insert(process.pid);
        for (const qint64 pid : present) {
            if (!ours.contains(pid))
                return false; // somebody else's, a terminal's shell say: not ours to move
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
        if (isOfTheDead(name) && processesIn(folder).isEmpty())
            m_files->removeFolder(folder);
    }
}

void Cgroups::dispose(const std::shared_ptr<WorkerCgroup> &group)
{
    if (!group)
        return;
    group->kill();
    for (int round = 0; round < rounds; ++round) {
        if (group->remove())
            return;
        nanosleep(&roundPause, nullptr);
    }
    abandon(group);
}

void Cgroups::abandon(const std::shared_ptr<WorkerCgroup> &group)
{
    const QMutexLocker lock(&m_mutex);
    m_left.append(group);
}

void Cgroups::sweep()
{
    const QMutexLocker lock(&m_mutex);
    m_left.removeIf([](const std::shared_ptr<WorkerCgroup> &group) { return group->remove(); });
}

} // namespace lifeguard
