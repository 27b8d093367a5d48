// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/controltargets.h"

#include "app/ctl/displaytext.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/publishedpools.h"
#include "core/store/workerregistry.h"

#include <algorithm>

namespace lifeguard::ctl {

namespace {

constexpr qsizetype shortIdLength = 8;
constexpr qsizetype shortestPrefix = 4;

bool hasPrefix(const QString &id, const QString &prefix)
{
    return prefix.size() >= shortestPrefix && id.startsWith(prefix);
}

} // namespace

Result<ControlTargets> ControlTargets::read(Database &database)
{
    SystemClock clock;
    WorkerRegistry registry(database, clock);
    auto managers = registry.managers();
    if (!managers) {
        return failure(managers.error());
    }
    auto pools = PublishedPools(database, clock).list();
    if (!pools) {
        return failure(pools.error());
    }
    auto workers = registry.list(clock.utcNow());
    if (!workers) {
        return failure(workers.error());
    }
    return ControlTargets(std::move(*managers), std::move(*pools), std::move(*workers));
}

ControlTargets::ControlTargets(QList<ManagerRow> managers, QList<PublishedPool> pools, QList<WorkerRow> workers)
    : m_managers(std::move(managers))
    , m_pools(std::move(pools))
    , m_workers(std::move(workers))
{
    m_managers.removeIf([](const ManagerRow &manager) { return presenceOf(manager.process) == ProcessPresence::Gone; });
    m_workers.removeIf([this](const WorkerRow &worker) {
        return worker.endedAt.isValid() || worker.status == WorkerStatus::Dead || !manager(worker.managerId);
    });
}

const ManagerRow *ControlTargets::manager(const QString &id) const
{
    const auto found = std::find_if(m_managers.cbegin(), m_managers.cend(),
                                    [&id](const ManagerRow &manager) { return manager.id == id; });
    return found == m_managers.cend() ? nullptr : &*found;
}

QString ControlTargets::managerName(const QString &id) const
{
    const ManagerRow *found = manager(id);
    if (!found) {
        return id.left(shortIdLength);
    }
    const auto count = std::count_if(m_managers.cbegin(), m_managers.cend(),
                                     [found](const ManagerRow &other) { return other.name() == found->name(); });
    return count == 1 ? found->name() : id.left(shortIdLength);
}

Result<QString> ControlTargets::managerNamed(const QString &name) const
{
    QStringList found;
    for (const ManagerRow &manager : m_managers) {
        if (manager.name() == name || QString::number(manager.process.pid) == name || hasPrefix(manager.id, name)) {
            found << manager.id;
        }
    }
    if (found.size() == 1) {
        return found.constFirst();
    }
    QStringList names;
    const QStringList candidates = found;
    for (const ManagerRow &manager : m_managers) {
        if (candidates.isEmpty() || candidates.contains(manager.id)) {
            names << managerName(manager.id);
        }
    }
    const QString list = names.join(QStringLiteral(", "));
    if (candidates.isEmpty()) {
        return failure(ErrorCode::NotFound,
                       Text::tr("There is no manager '%1'. The managers of this database are: %2.").arg(name, list));
    }
    return failure(ErrorCode::InvalidArgument,
                   Text::tr("Several managers match '%1': %2. Name one of them.").arg(name, list));
}

QList<ManagerCommand> ControlTargets::poolsNamed(const QString &name, const QString &managerId) const
{
    QList<ManagerCommand> found;
    for (const PublishedPool &pool : m_pools) {
        if (pool.name == name && (managerId.isEmpty() || pool.managerId == managerId)) {
            ManagerCommand command;
            command.managerId = pool.managerId;
            command.pool = name;
            found << command;
        }
    }
    return found;
}

QList<ManagerCommand> ControlTargets::workersNamed(const QString &name, const QString &managerId) const
{
    QList<ManagerCommand> exact;
    QList<ManagerCommand> prefixed;
    for (const WorkerRow &worker : m_workers) {
        if (!managerId.isEmpty() && worker.managerId != managerId) {
            continue;
        }
        ManagerCommand command;
        command.managerId = worker.managerId;
        command.executorId = worker.executorId;
        if (worker.executorId == name || workerName(worker) == name) {
            exact << command;
        } else if (hasPrefix(worker.executorId, name)) {
            prefixed << command;
        }
    }
    return exact.isEmpty() ? prefixed : exact;
}

Result<ManagerCommand> ControlTargets::find(const QString &target) const
{
    const qsizetype at = target.lastIndexOf(QLatin1Char('@'));
    const QString name = at < 0 ? target : target.left(at);
    QString managerId;
    if (at >= 0) {
        const Result<QString> id = managerNamed(target.mid(at + 1));
        if (!id) {
            return failure(id.error());
        }
        managerId = *id;
    }
    if (name.isEmpty() && at == 0) {
        ManagerCommand command;
        command.managerId = managerId;
        return command;
    }
    QList<ManagerCommand> found = poolsNamed(name, managerId);
    if (found.isEmpty() || at < 0) { // with a manager, the pool takes precedence
        found += workersNamed(name, managerId);
    }
    if (found.size() == 1) {
        return found.constFirst();
    }
    QStringList candidates;
    for (const ManagerCommand &command : std::as_const(found)) {
        candidates << targetName(command);
    }
    if (!found.isEmpty()) {
        return failure(ErrorCode::InvalidArgument, Text::tr("'%1' is ambiguous. Name one of these: %2.")
                                                       .arg(target, candidates.join(QStringLiteral(", "))));
    }
    for (const PublishedPool &pool : m_pools) {
        candidates << targetName({CommandVerb::Start, pool.managerId, pool.name, {}, {}});
    }
    if (candidates.isEmpty()) {
        return failure(
            ErrorCode::NotFound,
            Text::tr("There is no pool or worker '%1'. The managers of this database have no pools.").arg(target));
    }
    return failure(ErrorCode::NotFound, Text::tr("There is no pool or worker '%1'. The pools are: %2.")
                                            .arg(target, candidates.join(QStringLiteral(", "))));
}

QList<ManagerCommand> ControlTargets::all() const
{
    QList<ManagerCommand> commands;
    for (const ManagerRow &manager : m_managers) {
        const bool hasPools = std::any_of(m_pools.cbegin(), m_pools.cend(), [&manager](const PublishedPool &pool) {
            return pool.managerId == manager.id;
        });
        if (hasPools) {
            ManagerCommand command;
            command.managerId = manager.id;
            commands << command;
        }
    }
    return commands;
}

QString ControlTargets::targetName(const ManagerCommand &command) const
{
    const QString name = command.executorId.isEmpty() ? command.pool : command.executorId;
    return name + QLatin1Char('@') + managerName(command.managerId);
}

} // namespace lifeguard::ctl
