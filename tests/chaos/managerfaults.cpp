// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/managerfaults.h"

#include "tests/support/queuetest.h"

#include <QFile>

#include <algorithm>
#include <cstdio>

#include <signal.h>

namespace lifeguard::chaos {
namespace {

using Kind = Managers::Kind;

constexpr std::size_t maxManagers = 3;
constexpr int phasesPerCrowd = 5;

const QString killed = QStringLiteral("managers killed (SIGKILL)");
const QString crowdKilled = QStringLiteral("managers of a crowd killed (SIGKILL)");
const QString crowdTerminated = QStringLiteral("managers of a crowd terminated (SIGTERM)");
const QString crowd = QStringLiteral("managers with a crowd of workers added");
const QString stopped = QStringLiteral("managers stopped for up to 8 s (SIGSTOP, SIGCONT)");
const QString added = QStringLiteral("second managers started on the same database");
const QString hidden = QStringLiteral("managers with hidden /proc (hidepid=2) added");
const QString hiddenKilled = QStringLiteral("managers with hidden /proc killed (SIGKILL)");

bool isCrashLooping(const Managers::Manager &manager)
{
    QFile log(manager.log);
    return log.open(QIODevice::ReadOnly) && log.readAll().contains(" is crash-looping");
}

} // namespace

ManagerFaults::ManagerFaults(FaultContext &context) : m_context(context), m_canHide(Managers::canHideProcesses())
{
    m_context.expect(crowd);
    if (!m_canHide)
        std::printf(
            "SKIP   : no manager with hidden processes is started, because mounting /proc with hidepid requires "
            "root and setpriv\n");
}

std::vector<Fault> ManagerFaults::faults()
{
    std::vector<Fault> faults{
        {4, killed, [this] { killRandom(); }},
        {3, stopped, [this] { stopTemporarily(); }},
        {3, added, [this] { addOrKillSecond(); }},
    };
    if (m_canHide)
        faults.push_back({4, hidden, [this] { addHidden(); }});
    return faults;
}

void ManagerFaults::killManager(std::size_t index)
{
    const Kind kind = m_context.managers.list().at(index).kind;
    if (kind == Kind::Crowd && m_isCrowdAwaited)
        return;
    m_context.managers.kill(index);
    m_context.count(kind == Kind::Crowd ? crowdKilled : kind == Kind::Hidden ? hiddenKilled : killed);
}

void ManagerFaults::killRandom()
{
    const int chosen = m_context.randomBetween(0, 1'000'000);
    if (const std::size_t count = m_context.managers.list().size(); count > 0)
        killManager(std::size_t(chosen) % count);
}

void ManagerFaults::stopTemporarily()
{
    const int duration = m_context.randomBetween(200, 8000);
    if (m_context.managers.list().empty())
        return;
    const auto manager = ProcessIdentity::of(m_context.managers.list().back().process->processId());
    if (!manager || ::kill(static_cast<pid_t>(manager->pid), SIGSTOP) != 0)
        return;
    m_context.count(stopped);
    m_context.scheduleRevert(duration, [process = *manager] {
        if (presenceOf(process) == ProcessPresence::Alive)
            ::kill(static_cast<pid_t>(process.pid), SIGCONT);
    });
}

void ManagerFaults::addOrKillSecond()
{
    if (m_context.managers.count(Kind::Normal) > 1) {
        killManager(0);
        return;
    }
    m_context.managers.start(Kind::Normal);
    m_context.count(added);
}

void ManagerFaults::addHidden()
{
    std::vector<Managers::Manager> &managers = m_context.managers.list();
    const auto found = std::find_if(managers.begin(), managers.end(),
                                    [](const auto &manager) { return manager.kind == Kind::Hidden; });
    if (found != managers.end()) {
        killManager(std::size_t(found - managers.begin()));
    } else if (managers.size() < maxManagers) {
        m_context.managers.start(Kind::Hidden);
        m_context.count(hidden);
    }
}

void ManagerFaults::beginPhase(int phase)
{
    m_isCrowdAwaited = false; // the manager of an earlier crowd has ended with its phase
    if (phase % phasesPerCrowd != 1)
        return;
    startCrowd();
    ++m_crowds;
    m_isCrowdAwaited = true;
}

void ManagerFaults::startCrowd()
{
    m_context.managers.start(Kind::Crowd);
    m_context.count(crowd);
    m_crowdTime.start();
}

/// Starts the awaited crowd again if so many of its workers were killed before one had finished a job, that its pool
/// starts no others, or starts them only after long pauses.
void ManagerFaults::replaceIncompleteCrowd()
{
    constexpr int longestWait = 20'000; // ms
    std::vector<Managers::Manager> &managers = m_context.managers.list();
    const auto found = std::find_if(managers.begin(), managers.end(), [this](const Managers::Manager &manager) {
        return manager.kind == Kind::Crowd && (isCrashLooping(manager) || m_crowdTime.hasExpired(longestWait));
    });
    if (found == managers.end())
        return;
    m_context.managers.kill(std::size_t(found - managers.begin()));
    m_context.count(crowdKilled);
    startCrowd();
}

bool ManagerFaults::observeCrowd()
{
    if (!m_isCrowdAwaited)
        return true;
    const int registered =
        test::RawSql(m_context.testbed.databasePath())
            .value(QStringLiteral("SELECT count(*) FROM lifeguard_workers o JOIN workers w ON w.container_id = "
                                  "o.executor_id WHERE o.ended_at IS NULL AND w.status IN ('idle', 'busy') AND o.spec "
                                  "LIKE 'noop=%1,%'")
                       .arg(m_context.testbed.options().crowd))
            .toInt();
    m_largestCrowd = std::max(m_largestCrowd, registered);
    if (registered < int(completeCrowd * m_context.testbed.options().crowd)) {
        replaceIncompleteCrowd();
        return false;
    }
    m_isCrowdAwaited = false;
    // Every second crowd is stopped in order; the others remain until a fault kills their manager.
    if (m_crowds % 2 == 0) {
        for (Managers::Manager &manager : m_context.managers.list()) {
            if (manager.kind == Kind::Crowd && !manager.isEnding) {
                m_context.managers.terminate(manager);
                m_context.count(crowdTerminated);
            }
        }
    }
    return true;
}

} // namespace lifeguard::chaos
