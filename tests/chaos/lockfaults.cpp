// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/lockfaults.h"

#include "core/base/processtable.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QFileInfo>

#include <iterator>
#include <utility>

#include <signal.h>

namespace lifeguard::chaos {
namespace {

using namespace std::chrono_literals;

enum Stage { Start, Registration, Claim, Job, Settlement, Stop };
constexpr const char *stageNames[] = {"when it starts", "when it registers",       "when it claims",
                                      "during its job", "when it settles its job", "when it stops"};
constexpr auto betweenAttempts = 3ms;
constexpr auto beforeSettlement = 350ms; ///< longer than most jobs take
constexpr auto stageLimit = 20s; ///< after it, the next stage is tried
const QString shortLocks = QStringLiteral("times the database was locked for up to 3 s");
const QString missed = QStringLiteral("long locks given up because no worker was in that stage");
const QString managersStopped = QStringLiteral("- with SIGTERM to a manager");

/// Workers of the managers that have ended neither in the database nor, as far as it says, otherwise.
const QString livingWorkers = QStringLiteral("lifeguard_workers o JOIN workers w ON w.container_id = o.executor_id "
                                             "WHERE o.ended_at IS NULL AND o.process IS NOT NULL AND o.worker_type = "
                                             "'noop' AND w.status IN ('idle', 'busy') ");
/// The time since a job was claimed, in milliseconds.
const QString elapsed = QStringLiteral("(julianday('now') - julianday(j.started_at)) * 86400000");
const QString onlyJobs = QStringLiteral("AND (SELECT count(*) FROM jobs WHERE worker_id = w.id AND status = "
                                        "'processing') = 1 AND EXISTS (SELECT 1 FROM jobs j WHERE j.worker_id = w.id "
                                        "AND j.status = 'processing' AND %1)");
const QString sleepOfJob = QStringLiteral("json_extract(j.payload, '$.sleep_ms')");

QString faultName(std::chrono::milliseconds duration, int stage)
{
    return QStringLiteral("locks of %1 s at a stage of a worker: %2")
        .arg(double(duration.count()) / 1000)
        .arg(QString::fromLatin1(stageNames[stage]));
}

bool hasOpened(qint64 pid, const QString &file)
{
    const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(pid));
    const QStringList names = descriptors.entryList(QDir::Files | QDir::System);
    return std::any_of(names.cbegin(), names.cend(), [&](const QString &name) {
        return QFileInfo(descriptors.filePath(name)).symLinkTarget() == file;
    });
}

} // namespace

LockFaults::LockFaults(FaultContext &context) : m_context(context)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] { (this->*m_step)(); });
    for (int stage = 0; stage < stageCount; ++stage)
        m_context.expect(faultName(m_context.testbed.options().longLock, stage));
}

LockFaults::~LockFaults() = default;

std::vector<Fault> LockFaults::faults()
{
    return {{4, shortLocks, [this] { lockShortly(); }}};
}

void LockFaults::lockShortly()
{
    const int duration = m_context.randomBetween(200, 3000);
    if (m_context.isDatabaseLocked)
        return;
    auto connection = std::make_shared<test::RawSql>(m_context.testbed.databasePath());
    if (!connection->exec(QStringLiteral("BEGIN IMMEDIATE")))
        return; // another process holds the write lock
    m_context.isDatabaseLocked = true;
    m_context.count(shortLocks);
    m_context.scheduleRevert(duration, [this, connection] {
        connection->exec(QStringLiteral("COMMIT"));
        m_context.isDatabaseLocked = false;
    });
}

void LockFaults::next(std::chrono::milliseconds delay, void (LockFaults::*step)())
{
    m_step = step;
    m_timer.start(delay);
}

void LockFaults::start()
{
    next(1s, &LockFaults::beginStage);
}

void LockFaults::stop()
{
    m_timer.stop();
    m_step = nullptr;
    release();
    m_connection.reset();
}

void LockFaults::beginStage()
{
    m_connection = std::make_unique<test::RawSql>(m_context.testbed.databasePath());
    m_sinceBegin.start();
    if (m_stage == Start || m_stage == Registration) {
        for (int i = 0; i < 2; ++i) {
            if (const auto worker = m_context.randomWorker())
                m_context.testbed.signalWorker(*worker, SIGKILL);
        }
    }
    attempt();
}

void LockFaults::attempt()
{
    if (std::chrono::milliseconds(m_sinceBegin.elapsed()) > stageLimit) {
        m_context.count(missed);
        m_stage = (m_stage + 1) % stageCount;
        next(betweenAttempts, &LockFaults::beginStage);
        return;
    }
    if (m_context.isDatabaseLocked || !m_connection->exec(QStringLiteral("BEGIN IMMEDIATE"))) {
        next(betweenAttempts, &LockFaults::attempt);
        return;
    }
    m_hasLock = true;
    m_context.isDatabaseLocked = true;
    if (m_stage == Settlement)
        next(beforeSettlement, &LockFaults::decide);
    else
        decide();
}

void LockFaults::decide()
{
    if (isStageReached()) {
        hold();
        return;
    }
    release();
    next(betweenAttempts, &LockFaults::attempt);
}

void LockFaults::hold()
{
    const std::chrono::milliseconds duration = m_context.testbed.options().longLock;
    m_context.count(faultName(duration, m_stage));
    if (m_stage == Stop)
        terminateSome();
    m_stage = (m_stage + 1) % stageCount;
    next(duration, &LockFaults::release);
}

void LockFaults::release()
{
    if (!std::exchange(m_hasLock, false))
        return;
    m_connection->exec(QStringLiteral("COMMIT"));
    m_context.isDatabaseLocked = false;
    if (m_step == &LockFaults::release) // the lock was held
        next(m_context.testbed.options().longLock * 3 / 4, &LockFaults::beginStage);
}

/// Stops two workers, and every second time a manager with all of its workers.
void LockFaults::terminateSome()
{
    for (int i = 0; i < 2; ++i) {
        if (const auto worker = m_context.randomWorker())
            m_context.testbed.signalWorker(*worker, SIGTERM);
    }
    if (m_terminations++ % 2 == 0 && !m_context.managers.list().empty()) {
        m_context.managers.terminate(m_context.managers.list().front());
        m_context.count(managersStopped);
    }
}

bool LockFaults::isStageReached()
{
    switch (m_stage) {
    case Start:
        return hasStartingWorker(false);
    case Registration:
        return hasStartingWorker(true);
    case Claim:
        return m_connection
                   ->value(QStringLiteral("SELECT EXISTS (SELECT 1 FROM jobs WHERE status = 'pending' AND "
                                          "job_type = 'noop')"))
                   .toBool()
            && hasRunningProcess(livingWorkers
                                 + QStringLiteral("AND o.reason_code IS NULL AND NOT EXISTS (SELECT 1 FROM jobs WHERE "
                                                  "worker_id = w.id AND status = 'processing')"));
    case Job:
        return hasRunningProcess(
            livingWorkers + onlyJobs.arg(elapsed + QStringLiteral(" < ") + sleepOfJob + QStringLiteral(" - 200")));
    case Settlement:
        return hasRunningProcess(
            livingWorkers + onlyJobs.arg(elapsed + QStringLiteral(" > ") + sleepOfJob + QStringLiteral(" + 50")));
    case Stop:
        return hasRunningProcess(livingWorkers + QStringLiteral("AND w.status = 'busy'"));
    default:
        Q_UNREACHABLE();
    }
}

/// Returns whether a worker was created and has not registered yet, and has opened the database or not.
bool LockFaults::hasStartingWorker(bool hasOpenedDatabase)
{
    const QStringList processes = m_connection->column(
        QStringLiteral("SELECT coalesce(process, '') FROM lifeguard_workers WHERE ended_at IS NULL AND instr(spec, "
                       "'command=') = 0 AND NOT EXISTS (SELECT 1 FROM workers WHERE container_id = executor_id)"));
    return std::any_of(processes.cbegin(), processes.cend(), [&](const QString &text) {
        const auto process = ProcessIdentity::fromString(text);
        if (!process)
            return !hasOpenedDatabase; // the manager has recorded the worker and is about to start it
        return presenceOf(*process) == ProcessPresence::Alive
            && hasOpened(process->pid, m_context.testbed.databasePath()) == hasOpenedDatabase;
    });
}

/// Returns whether one of the workers that the condition selects is alive and not stopped.
bool LockFaults::hasRunningProcess(const QString &condition)
{
    const QStringList processes = m_connection->column(QStringLiteral("SELECT o.process FROM ") + condition);
    return std::any_of(processes.cbegin(), processes.cend(), [](const QString &text) {
        const auto process = ProcessIdentity::fromString(text);
        const auto entry = process ? processEntry(process->pid) : std::nullopt;
        return entry && entry->startTime == process->startTime && entry->state != 'T' && entry->state != 'Z';
    });
}

} // namespace lifeguard::chaos
