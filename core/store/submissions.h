// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/submission.h"
#include "core/store/database.h"

#include <QCoreApplication>

#include <functional>

namespace lifeguard {

/// Reads submissions, and records their ends. JobQueue::addMany() adds them. Triggers count their jobs
/// (resources/sql/sqlite/migrations/derived.sql), so that reading a submission does not read its jobs. Synchronous; on
/// the thread of its database.
class Submissions
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::Submissions)

public:
    Submissions(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Returns the newest submissions, newest first.
    [[nodiscard]] Result<QList<Submission>> list(int limit);
    /// Returns one submission; NotFound if there is none with this id.
    [[nodiscard]] Result<Submission> submission(qint64 id);
    /// Returns the submissions whose last job has ended, but which are not marked yet; at most 100.
    [[nodiscard]] Result<QList<Submission>> finished();
    /// Marks the submissions that finished() returns, with one event each, and returns them. isDue: called for each of
    /// them; false leaves it to a later call. Takes the write lock only if there are any.
    [[nodiscard]] Result<QList<Submission>> end(const std::function<bool(const Submission &)> &isDue = {});

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
