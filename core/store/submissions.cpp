// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/submissions.h"

#include "core/base/timestamp.h"
#include "core/store/eventlog.h"

#include <QSqlQuery>

#include <optional>

namespace lifeguard {
namespace {

constexpr int endedAtOnce = 100;

Submission submissionOf(const QSqlQuery &row)
{
    Submission submission;
    submission.id = row.value(0).toLongLong();
    submission.title = row.value(1).toString();
    submission.submitter = row.value(2).toString();
    submission.submittedAt = fromSqlTime(row.value(3).toString());
    submission.endedAt = fromSqlTime(row.value(4).toString());
    submission.total = row.value(5).toLongLong();
    submission.completed = row.value(6).toLongLong();
    submission.failed = row.value(7).toLongLong();
    submission.cancelled = row.value(8).toLongLong();
    return submission;
}

} // namespace

Result<QList<Submission>> Submissions::list(int limit)
{
    QList<Submission> submissions;
    if (!m_db.hasTable(QStringLiteral("lifeguard_submissions"))) // an old file that is open read-only
        return submissions;
    const Status read = m_db.run("submissions_list", {{QStringLiteral("limit"), limit}},
                                 [&](const QSqlQuery &row) { submissions.append(submissionOf(row)); });
    if (!read)
        return failure(read.error());
    return submissions;
}

Result<Submission> Submissions::submission(qint64 id)
{
    std::optional<Submission> found;
    if (m_db.hasTable(QStringLiteral("lifeguard_submissions"))) {
        const Status read = m_db.run("submissions_list", {QStringLiteral("one")},
                                     {{QStringLiteral("id"), id}, {QStringLiteral("limit"), 1}},
                                     [&](const QSqlQuery &row) { found = submissionOf(row); });
        if (!read)
            return failure(read.error());
    }
    if (!found)
        return failure(ErrorCode::NotFound, tr("There is no submission %1.").arg(id));
    return *found;
}

Result<QList<Submission>> Submissions::finished()
{
    QList<Submission> found;
    const Status read = m_db.run("submissions_finished", {{QStringLiteral("limit"), endedAtOnce}},
                                 [&found](const QSqlQuery &row) { found.append(submissionOf(row)); });
    if (!read)
        return failure(read.error());
    return found;
}

Result<QList<Submission>> Submissions::end(const std::function<bool(const Submission &)> &isDue)
{
    QList<Submission> ended;
    const auto readDue = [&]() -> Status {
        Result<QList<Submission>> found = finished();
        if (!found)
            return failure(found.error());
        ended = std::move(*found);
        if (isDue)
            ended.removeIf([&isDue](const Submission &submission) { return !isDue(submission); });
        return {};
    };
    if (const Status read = readDue(); !read)
        return failure(read.error());
    if (ended.isEmpty())
        return ended;
    const QDateTime now = m_clock.utcNow();
    const Status done = m_db.transaction([&]() -> Status {
        if (const Status read = readDue(); !read) // another manager may have marked them in the meantime
            return read;
        for (Submission &submission : ended) {
            const Status marked = m_db.run("submission_end", {{QStringLiteral("id"), submission.id},
                                                              {QStringLiteral("now"), toSqlTime(now)}});
            if (!marked)
                return marked;
            submission.endedAt = now;
            Event event;
            event.at = now;
            event.kind = EventKind::SubmissionEnded;
            event.message = Message("submission_ended", {submission.title, submission.counts().asArgument()});
            if (const Status added = EventLog(m_db, m_clock).add(event); !added)
                return added;
        }
        return {};
    });
    if (!done)
        return failure(done.error());
    return ended;
}

} // namespace lifeguard
