// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/pool/workerpoolmanager.h"
#include "core/store/store.h"
#include "tests/support/shiftedclock.h"
#include "tests/support/testhelpers.h"
#include "tests/support/waiting.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

namespace lifeguard::test {

/// Returns the answer of a future. The event loop runs until the future has finished. Returns an error after patience.
template<typename T>
Result<T> answerOf(const QFuture<Result<T>> &future)
{
    if (!waitUntil([&] { return future.isFinished(); }))
        return failure(ErrorCode::TimedOut, QStringLiteral("no answer"));
    return future.result();
}

/// A database, a store and a manager in a folder of their own, with the built lifeguard-worker.
class PoolTest
{
public:
    PoolTest();
    ~PoolTest();
    Q_DISABLE_COPY_MOVE(PoolTest)

    bool begin(int patienceMs = patience); ///< opens the store and starts the manager
    bool stopAll(); ///< stops all workers and waits until they have ended
    QString path(const QString &name) const { return folder.filePath(name); }
    [[nodiscard]] static WorkerConfig noop(int count);
    /// Returns a configuration of noop workers with the shortest timeouts.
    [[nodiscard]] static WorkerConfig quick(int count);
    /// Adds noop jobs that sleep for this long. Returns their ids.
    QList<qint64> addNoop(int count, int sleepMs);
    Job job(qint64 id);
    QList<WorkerInfo> workersIn(WorkerState state) const;
    /// Returns the kinds of all events so far, oldest first. Waits until the last event of the manager is written.
    [[nodiscard]] QStringList eventKinds() const;
    /// Returns the pids of the processes of these workers that are still alive.
    [[nodiscard]] static QList<qint64> leftovers(const QList<WorkerInfo> &workers);

    QTemporaryDir folder;
    ShiftedClock clock;
    std::unique_ptr<Store> store;
    std::unique_ptr<WorkerPoolManager> manager;
    std::optional<Event> lastEvent; ///< of the manager
};

} // namespace lifeguard::test
