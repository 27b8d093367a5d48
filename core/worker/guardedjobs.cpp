// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/guardedjobs.h"

#include "core/store/database.h"
#include "core/store/jobrow.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int maxAttempts = 30;
constexpr std::chrono::seconds retryPause{1};

/// Returns the longest limit of the jobs that the worker is processing; std::nullopt if there is none.
Result<std::optional<seconds>> longestLimit(const QString &path, const QString &executorId, seconds poolLimit)
{
    const auto database = Database::open(path, OpenMode::ReadOnly, std::chrono::seconds(1), IntegrityCheck::Skip);
    if (!database)
        return failure(database.error());
    std::optional<seconds> longest;
    const Status done = (*database)->run("worker_job_limits", {{QStringLiteral("executor_id"), executorId}},
                                         [&](const QSqlQuery &row) {
                                             longest = std::max(longest.value_or(seconds(0)),
                                                                jobTimeOf(row.value(0)).value_or(poolLimit));
                                         });
    if (!done)
        return failure(done.error());
    return longest;
}

QString variable(const char *name)
{
    return QFile::decodeName(qgetenv(name));
}

} // namespace

GuardedJobs::GuardedJobs(seconds poolLimit) : m_poolLimit(poolLimit), m_shared(std::make_shared<Shared>())
{
    m_shared->readable = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

GuardedJobs::~GuardedJobs() = default;

GuardedJobs::Shared::~Shared()
{
    if (readable >= 0)
        close(readable);
}

void GuardedJobs::beginReading()
{
    const QString database = variable("DB_PATH");
    const QString executorId = variable("LIFEGUARD_EXECUTOR_ID");
    if (m_isReading || database.isEmpty() || executorId.isEmpty())
        return;
    m_isReading = true;
    static int argc = 1;
    static char name[] = "lifeguard-worker";
    static char *argv[] = {name, nullptr};
    static const auto *const application = new QCoreApplication(argc, argv); // never destroyed: see endProcess()
    Q_UNUSED(application)
    std::thread([shared = m_shared, database, executorId, poolLimit = m_poolLimit] {
        read(database, executorId, poolLimit, *shared);
    }).detach();
}

void GuardedJobs::read(const QString &database, const QString &executorId, seconds poolLimit, Shared &shared)
{
    Result<std::optional<seconds>> limit = longestLimit(database, executorId, poolLimit);
    for (int i = 1; i < maxAttempts && !limit; ++i) {
        std::this_thread::sleep_for(retryPause);
        limit = longestLimit(database, executorId, poolLimit);
    }
    if (!limit) {
        std::fprintf(stderr,
                     "lifeguard-worker: The time limit of the job cannot be read; that of the pool applies: %s\n",
                     qUtf8Printable(limit.error().message));
        return;
    }
    shared.limit = limit->value_or(seconds(0)).count();
    eventfd_write(shared.readable, 1);
}

std::optional<seconds> GuardedJobs::limit() const
{
    const seconds limit(m_shared->limit.load());
    return limit > seconds(0) ? std::optional(limit) : std::nullopt;
}

void GuardedJobs::endProcess(int exitCode) const
{
    if (!m_isReading)
        return;
    std::fflush(nullptr);
    _exit(exitCode);
}

} // namespace lifeguard
