// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/leftovercontainercleaner.h"

#include "core/config/workerconfig.h"
#include "core/executor/containerspec.h"

#include <QTimer>

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

constexpr seconds foreignGrace{10}; ///< the default grace period of direct workers

bool isLeftBehind(const DockerContainer &container, const LeftoverContext &context)
{
    const QString managerId = container.labels.value(dockerlabel::manager);
    if (managerId.isEmpty())
        return false;
    if (managerId == context.ownManagerId)
        return !context.isBeingCreated; // the response to its creation was lost
    switch (context.managerPresence) {
    case ProcessPresence::Alive:
        return false;
    case ProcessPresence::Gone:
        return true;
    case ProcessPresence::Unknown:
        break;
    }
    return !container.isRunning() && context.isEngineLocal && context.managers
        && !context.managers->contains(managerId);
}

} // namespace

LeftoverAction leftoverAction(const DockerContainer &container, const LeftoverContext &context)
{
    if (!isLeftBehind(container, context))
        return LeftoverAction::Keep;
    if (!container.isRunning() || container.labels.value(dockerlabel::manager) == context.ownManagerId)
        return LeftoverAction::Remove;
    const bool isDetached = container.labels.value(dockerlabel::detached) == QLatin1String("true");
    return isDetached ? LeftoverAction::Keep : LeftoverAction::Terminate;
}

seconds leftoverGrace(const DockerContainer &container, std::optional<seconds> jobLimit)
{
    if (!container.labels.contains(dockerlabel::workerType))
        return foreignGrace;
    const seconds ofPool(container.labels.value(dockerlabel::maxJobTime).toLongLong());
    const seconds maxJobTime = std::max(ofPool, jobLimit.value_or(ofPool));
    return std::min<seconds>(maxJobTime + jobLimitSlack, maxDuration);
}

LeftoverContainerCleaner::LeftoverContainerCleaner(DockerClient &client, ContainerRemover &remover, QString managerId,
                                                   QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_remover(remover)
    , m_managerId(std::move(managerId))
{
}

void LeftoverContainerCleaner::clean(const DockerContainer &container, bool isBeingCreated)
{
    const std::optional<ProcessIdentity> manager = ProcessIdentity::fromString(
        container.labels.value(dockerlabel::managerProcess));
    const LeftoverContext context{m_managerId, isBeingCreated,
                                  manager ? presenceOf(*manager) : ProcessPresence::Unknown,
                                  m_client.endpoint().kind == DockerEndpoint::Kind::Local, m_managers};
    switch (leftoverAction(container, context)) {
    case LeftoverAction::Keep:
        break;
    case LeftoverAction::Remove:
        std::ignore = m_remover.remove(container.id);
        break;
    case LeftoverAction::Terminate:
        terminate(container);
        break;
    }
}

void LeftoverContainerCleaner::terminate(const DockerContainer &container)
{
    if (m_terminating.contains(container.id))
        return;
    m_terminating.insert(container.id);
    std::ignore = m_client.signalContainer(container.id, QStringLiteral("TERM"));
    removeAfter(container, seconds(0), graceOf(container));
}

/// Removes the container when its grace has passed. Waits longer if the limit of its job became known in the meantime.
/// passed: the time since TERM was sent.
void LeftoverContainerCleaner::removeAfter(const DockerContainer &container, seconds passed, seconds grace)
{
    QTimer::singleShot(grace - passed, this, [this, container, grace] {
        if (!m_terminating.contains(container.id))
            return;
        if (const seconds newGrace = graceOf(container); newGrace > grace) {
            removeAfter(container, grace, newGrace);
            return;
        }
        m_terminating.remove(container.id);
        std::ignore = m_remover.remove(container.id);
    });
}

seconds LeftoverContainerCleaner::graceOf(const DockerContainer &container) const
{
    const auto limit = m_jobLimits.constFind(shortContainerId(container.id));
    return leftoverGrace(container, limit == m_jobLimits.cend() ? std::nullopt : std::optional(*limit));
}

bool LeftoverContainerCleaner::handleEvent(const ContainerEvent &event)
{
    if (!m_terminating.contains(event.id))
        return false;
    if (event.action == QLatin1String("die")) {
        m_terminating.remove(event.id);
        std::ignore = m_remover.remove(event.id);
    }
    return true;
}

} // namespace lifeguard
