// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/chaosrun.h"

#include "core/base/processidentity.h"
#include "tests/chaos/waiting.h"
#include "tests/support/queuetest.h"

#include <QFileInfo>

#include <algorithm>
#include <cstdio>

namespace lifeguard::chaos {
namespace {

constexpr int step = 100; ///< ms between two observations
constexpr int shortestPhase = 5000; ///< ms; even if the run is behind its schedule
constexpr int crowdTimeout = 120'000; ///< ms; a phase lasts longer until it is complete, but not longer than
                                      ///< this
constexpr int progressTimeout = 120'000; ///< ms; the run ends if no job is completed for this long
constexpr int recordTimeout = 30'000; ///< ms; for the manager to record that workers have ended
constexpr int reportInterval = 10'000; ///< ms
constexpr qint64 logLimit = (64 + 8) * 1024 * 1024; ///< bytes; docs/protocol.md, "Opening a database"

} // namespace

bool ChaosRun::create()
{
    if (const Status created = m_testbed.create(); !created) {
        std::fprintf(stderr, "chaos: %s\n", qPrintable(created.error().message));
        return false;
    }
    std::printf("%d workers, a crowd of %d, faults for %d s in %d phases, long locks of %lld ms, --seed %u, in %s\n",
                m_options.workers, m_options.crowd, m_options.seconds, m_options.phases,
                static_cast<long long>(m_options.longLock.count()), m_options.seed,
                qPrintable(m_testbed.path(QString())));
    if (!m_feeder.hasDiagrams())
        std::printf("SKIP   : no diagrams are converted, because PlantUML is not installed\n");
    m_managers = std::make_unique<Managers>(m_testbed, m_feeder.hasDiagrams());
    m_context = std::make_unique<FaultContext>(m_testbed, *m_managers, m_feeder);
    m_injector = std::make_unique<FaultInjector>(*m_context);
    m_running.start();
    return true;
}

void ChaosRun::injectFaults()
{
    for (int phase = 0; phase < m_options.phases; ++phase) {
        runPhase(phase);
        if (phase + 1 < m_options.phases)
            m_injector->databaseFaults().replace();
    }
    m_faultSeconds = double(m_running.elapsed()) / 1000;
}

void ChaosRun::runPhase(int phase)
{
    QElapsedTimer inPhase;
    inPhase.start();
    m_managers->start(Managers::Kind::Normal);
    m_injector->beginPhase(phase);
    for (;;) {
        processEvents(step, m_managers->pids());
        const bool mayEnd = m_injector->observe();
        m_feeder.feed();
        m_feeder.retryKilledTools();
        printProgress();
        measureLog();
        // The time between two phases counts as well.
        const qint64 end = qint64(m_options.seconds) * 1000 * (phase + 1) / m_options.phases;
        const bool isTimeOver = m_running.elapsed() > end && inPhase.hasExpired(shortestPhase);
        // On a slow machine, the last phase lasts until each fault was injected.
        const bool isComplete = phase + 1 < m_options.phases || m_context->isEachFaultInjected();
        if (isTimeOver && ((mayEnd && isComplete) || inPhase.hasExpired(crowdTimeout)))
            break;
    }
    m_injector->endPhase();
}

void ChaosRun::finishJobs()
{
    // A new manager, whose back-off times are not affected by the faults.
    m_managers->killAll();
    ageBeatFiles(m_testbed);
    qint64 previous = -1;
    QElapsedTimer sinceProgress;
    sinceProgress.start();
    for (;;) {
        m_managers->forgetEnded();
        if (m_managers->list().empty())
            m_managers->start(Managers::Kind::Normal);
        processEvents(step, m_managers->pids());
        m_feeder.retryKilledTools();
        printProgress();
        measureLog();
        const qint64 completed = countCompleted();
        if (completed != previous)
            sinceProgress.restart();
        previous = completed;
        if (completed == m_feeder.jobCount() || sinceProgress.hasExpired(progressTimeout))
            break;
    }
    waitForRecordedEnds();
    m_injector->commandFaults().killUnreachableDaemons();
    m_managers->terminateAll();
    processEvents(500, {});
}

/// Waits until the manager has recorded the ends of the workers that were killed just now, and of those that finished a
/// job after their manager was killed, which it looks at every 5 s. What it does not record is reported at the end.
void ChaosRun::waitForRecordedEnds()
{
    QElapsedTimer waiting;
    waiting.start();
    while (!waiting.hasExpired(recordTimeout)) {
        processEvents(1000, m_managers->pids());
        const QStringList processes = test::RawSql(m_testbed.databasePath())
                                          .column(QStringLiteral("SELECT coalesce(process, '') FROM lifeguard_workers "
                                                                 "WHERE ended_at IS NULL"));
        const bool isRecorded = std::all_of(processes.cbegin(), processes.cend(), [](const QString &text) {
            const auto process = ProcessIdentity::fromString(text);
            return process && presenceOf(*process) == ProcessPresence::Alive;
        });
        if (isRecorded)
            return;
    }
}

qint64 ChaosRun::countCompleted()
{
    return m_testbed.countJobs(QStringLiteral("completed")) + m_feeder.carried().size();
}

void ChaosRun::printProgress()
{
    if (m_running.elapsed() - m_reportedAt < reportInterval)
        return;
    m_reportedAt = m_running.elapsed();
    std::printf("%4lld s: %lld of %lld jobs completed\n", m_running.elapsed() / 1000, countCompleted(),
                m_feeder.jobCount());
}

void ChaosRun::measureLog()
{
    m_largestLog = std::max(m_largestLog, QFileInfo(m_testbed.databasePath() + QStringLiteral("-wal")).size());
}

void ChaosRun::printFaults() const
{
    std::printf("\n%-72s %6s\n", "Fault", "Times");
    for (auto fault = m_context->counts().cbegin(); fault != m_context->counts().cend(); ++fault)
        std::printf("%-72s %6d\n", qPrintable(fault.key()), fault.value());
    const DatabaseFaults &database = m_injector->databaseFaults();
    std::printf(
        "\nAfter the database was replaced, %d managers and %d workers without a manager ended with code 3, each "
        "within %.1f s. %lld jobs were done again because the backup did not contain their results.\n",
        database.endedManagers(), database.endedWorkers(), database.longestEnd(), database.repeatedJobs());
    std::printf("Largest crowd: %d workers registered at the same time. Largest write-ahead log: %.1f MB.\n",
                m_injector->managerFaults().largestCrowd(), double(m_largestLog) / 1024 / 1024);
}

bool ChaosRun::report()
{
    const double duration = double(m_running.elapsed()) / 1000;
    const Outcome outcome = checkOutcome(m_testbed, m_feeder);
    const Leftovers left = findLeftovers(m_testbed, m_feeder);
    QStringList violations = m_context->violations() + m_managers->unexpectedEnds() + outcome.violations
                           + left.processes + left.temporaryFiles;
    // After a replacement, managers keep beat files that the previous database may refer to, for 30 days.
    if (m_injector->databaseFaults().endedManagers() == 0)
        violations += left.beatFiles;
    for (auto fault = m_context->counts().cbegin(); fault != m_context->counts().cend(); ++fault) {
        if (fault.value() == 0)
            violations.append(QStringLiteral("never injected: ") + fault.key());
    }
    if (m_largestLog > logLimit)
        violations.append(QStringLiteral("the write-ahead log had %1 bytes").arg(m_largestLog));
    if (m_injector->managerFaults().largestCrowd() < int(ManagerFaults::completeCrowd * m_options.crowd))
        violations.append(QStringLiteral("no crowd of %1 workers was complete").arg(m_options.crowd));
    printFaults();
    std::printf("\n%-72s %6s\n", "Causes of death", "Times");
    for (auto death = outcome.deaths.cbegin(); death != outcome.deaths.cend(); ++death)
        std::printf("%-72s %6lld\n", qPrintable(death.key()), death.value());
    std::printf(
        "\nIn the last database, %lld jobs were begun more than once, %lld claims were returned uncounted. %lld "
        "jobs were retried because their tool was killed. %lld results were discarded because the lease was "
        "lost.\n",
        outcome.repeatedJobs, outcome.returnedClaims, m_feeder.retriedJobs(), outcome.discardedResults);
    for (const QString &violation : std::as_const(violations))
        std::printf("VIOLATION: %s\n", qPrintable(violation));
    std::printf("\nRan %.0f s, with faults for %.0f s, --seed %u\n", duration, m_faultSeconds, m_options.seed);
    std::printf("Jobs completed: %lld of %lld\nJobs lost: %lld\nJobs done twice: %lld\n", outcome.completed,
                m_feeder.jobCount(), outcome.lost, outcome.doneTwice);
    std::printf("Leftovers: %lld processes, %lld temporary files, %lld beat files\n",
                static_cast<long long>(left.processes.size()), static_cast<long long>(left.temporaryFiles.size()),
                static_cast<long long>(left.beatFiles.size()));
    const bool isGood = violations.isEmpty() && outcome.lost == 0 && outcome.doneTwice == 0;
    if (!isGood) // in this form, so that packaging/test.sh does not count the test as skipped if a fault was left out
        std::printf("FAIL!  : %lld violations\n", static_cast<long long>(violations.size()));
    return isGood;
}

} // namespace lifeguard::chaos
