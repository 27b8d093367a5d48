// SPDX-License-Identifier: GPL-3.0-or-later
#include "conversionpool.h"

#include "core/base/processtable.h"
#include "core/model/jobcounts.h"
#include "core/submit/jobplanner.h"
#include "core/submit/planexecution.h"
#include "measuring.h"
#include "queuefile.h"
#include "tests/support/waiting.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace lifeguard::bench {
namespace {

constexpr int longestMs = 600000;
constexpr double quietSeconds = 1;
constexpr quint64 quietTicks = 3; // of 10 ms: what idle workers and their manager use in quietSeconds

[[noreturn]] void fail(const QString &message)
{
    std::fprintf(stderr, "%s\n", qPrintable(message));
    std::exit(1);
}

/// Returns the processor time of all descendants of this process.
quint64 ticksOfDescendants()
{
    quint64 ticks = 0;
    for (const ProcessEntry &entry : ProcessTable::read().treeOf(QCoreApplication::applicationPid())) {
        if (entry.pid != QCoreApplication::applicationPid())
            ticks += entry.cpuTicks + entry.childTicks;
    }
    return ticks;
}

} // namespace

ConversionPool::~ConversionPool()
{
    if (m_pool.manager && !m_pool.stopAll())
        std::fputs("the workers did not stop\n", stderr);
}

void ConversionPool::start(int workers)
{
    WorkerConfig config = test::PoolTest::noop(workers);
    config.type = m_type;
    if (!m_pool.begin() || !m_pool.manager->startPool(config)
        || !test::waitUntil([&] { return m_pool.workersIn(WorkerState::Idle).size() == workers; }, longestMs))
        fail(QStringLiteral("the workers did not register"));
}

void ConversionPool::settle() const
{
    quint64 ticks = ticksOfDescendants();
    Stopwatch quiet;
    const bool isQuiet = test::waitUntil(
        [&] {
            if (quiet.seconds() < quietSeconds)
                return false;
            const quint64 now = ticksOfDescendants();
            const bool wasQuiet = now - ticks <= quietTicks;
            ticks = now;
            quiet.restart();
            return wasQuiet;
        },
        longestMs);
    if (!isQuiet)
        fail(QStringLiteral("the idle workers use the processor all the time"));
}

void ConversionPool::convert(const QStringList &files)
{
    PlanOptions options;
    options.workspace = workspace();
    options.type = m_type;
    const Result<JobPlan> plan = planJobs(files, options);
    if (!plan || plan->jobs.size() != files.size())
        fail(plan ? QStringLiteral("not all files can be converted") : plan.error().message);
    const Result<QList<NewJob>> jobs = executePlan(*plan);
    if (!jobs)
        fail(jobs.error().message);
    const Result<QList<qint64>> ids = test::answerOf(m_pool.store->addJobs(*jobs));
    if (!ids)
        fail(ids.error().message);
    BareConnection connection(m_pool.path(QStringLiteral("q.db")));
    const QString query = QStringLiteral("SELECT %1 FROM lifeguard_job_counts WHERE job_type = '%2'");
    BareStatement completed(connection.handle(), query.arg(QStringLiteral("completed"), m_type));
    BareStatement failed(connection.handle(), query.arg(QStringLiteral("failed"), m_type));
    const qint64 before = completed.run();
    if (!test::waitUntil(
            [&] {
                if (failed.run() > 0) {
                    for (const qint64 id : *ids)
                        std::fprintf(stderr, "%s", qPrintable(m_pool.job(id).error));
                    fail(QStringLiteral("a job has failed"));
                }
                return completed.run() - before >= ids->size();
            },
            longestMs))
        fail(QStringLiteral("the jobs did not end"));
}

} // namespace lifeguard::bench
