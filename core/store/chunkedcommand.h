// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobfilter.h"
#include "core/store/database.h"
#include "core/store/matchingjobs.h"

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <functional>

namespace lifeguard {

class Store;

/// Changes all jobs that match a filter, in small transactions with pauses between them, so that workers get the write
/// lock. Jobs that are added after the start are left out; otherwise the command might never end. A child of its store;
/// deletes itself when it has finished.
class ChunkedCommand : public QObject
{
    Q_OBJECT

public:
    /// Changes at most one chunk of the matching jobs whose ids are greater than after. Called on the writer thread.
    using ChangeChunk = std::function<Result<JobChunk>(Database &, const JobFilter &, qint64 after)>;

    /// Starts the command. The future contains the number of jobs that the command has changed.
    [[nodiscard]] static QFuture<Result<int>> start(Store &store, const JobFilter &filter, ChangeChunk changeChunk);

private:
    ChunkedCommand(Store &store, const JobFilter &filter, ChangeChunk changeChunk);
    void limitToExistingJobs();
    void changeNextChunk();
    void finish(Result<int> result);

    Store &m_store;
    JobFilter m_filter;
    ChangeChunk m_changeChunk;
    QPromise<Result<int>> m_promise;
    qint64 m_after = 0;
    int m_changed = 0;
};

} // namespace lifeguard
