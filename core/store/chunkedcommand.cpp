// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/chunkedcommand.h"

#include "core/base/futurecallbacks.h"
#include "core/store/jobpagereader.h"
#include "core/store/store.h"

#include <QTimer>

#include <utility>

namespace lifeguard {
namespace {

/// Longer than the pauses of LockRetry, so that waiting workers can take the lock.
constexpr std::chrono::milliseconds pauseBetweenChunks{4};

} // namespace

QFuture<Result<int>> ChunkedCommand::start(Store &store, const JobFilter &filter, ChangeChunk changeChunk)
{
    auto *command = new ChunkedCommand(store, filter, std::move(changeChunk));
    QFuture<Result<int>> future = command->m_promise.future();
    if (filter.maxId > 0)
        command->changeNextChunk();
    else
        command->limitToExistingJobs();
    return future;
}

ChunkedCommand::ChunkedCommand(Store &store, const JobFilter &filter, ChangeChunk changeChunk)
    : QObject(&store)
    , m_store(store)
    , m_filter(filter)
    , m_changeChunk(std::move(changeChunk))
{
    m_promise.start();
}

void ChunkedCommand::limitToExistingJobs()
{
    const auto newestId = [](Database &database) { return JobPageReader(database).newestId(); };
    whenFinished(m_store.write<qint64>(newestId), this, [this](const Result<qint64> &id) {
        if (!id) {
            finish(failure(id.error()));
            return;
        }
        m_filter.maxId = *id;
        changeNextChunk();
    });
}

void ChunkedCommand::changeNextChunk()
{
    const auto task = [changeChunk = m_changeChunk, filter = m_filter, after = m_after](Database &database) {
        return changeChunk(database, filter, after);
    };
    whenFinished(m_store.write<JobChunk>(task), this, [this](const Result<JobChunk> &chunk) {
        if (!chunk) {
            finish(failure(chunk.error()));
            return;
        }
        m_changed += chunk->changed;
        m_after = chunk->last;
        if (chunk->more)
            QTimer::singleShot(pauseBetweenChunks, this, &ChunkedCommand::changeNextChunk);
        else
            finish(m_changed);
    });
}

void ChunkedCommand::finish(Result<int> result)
{
    m_promise.addResult(std::move(result));
    m_promise.finish();
    deleteLater();
}

} // namespace lifeguard
