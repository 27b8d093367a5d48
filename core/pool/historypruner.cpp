// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/historypruner.h"

#include "core/base/futurecallbacks.h"
#include "core/model/submission.h"
#include "core/pool/historyplan.h"
#include "core/pool/scheduler.h"
#include "core/pool/workerlogs.h"
#include "core/store/eventlog.h"
#include "core/store/retentionstate.h"
#include "core/store/store.h"
#include "core/store/submissions.h"

#include <QtConcurrent>

#include <algorithm>
#include <tuple>
#include <utility>

namespace lifeguard {
namespace {

/// Positions skip what belongs to other programs. They are discarded from time to time, because the times of rows can
/// be out of order when a clock was set.
constexpr seconds positionsKept{24 * 3600};
constexpr int pagesAtOnce = 64;

qint64 total(const QHash<HistoryKind, qint64> &deleted)
{
    qint64 sum = 0;
    for (const qint64 count : deleted)
        sum += count;
    return sum;
}

Event prunedEvent(const QHash<HistoryKind, qint64> &deleted)
{
    const qint64 jobs = deleted.value(HistoryKind::CompletedJobs) + deleted.value(HistoryKind::FailedJobs)
                      + deleted.value(HistoryKind::UndatedFailedJobs) + deleted.value(HistoryKind::CancelledJobs);
    const qint64 events = deleted.value(HistoryKind::Events);
    const qint64 others = total(deleted) - jobs - events;
    QList<Message> parts;
    if (jobs > 0)
        parts.append(Message("pruned_jobs", jobs, {}));
    if (events > 0)
        parts.append(Message("pruned_events", events, {}));
    if (others > 0)
        parts.append(Message("pruned_other_rows", others, {}));
    Event event;
    event.kind = EventKind::Pruned;
    event.message = Message("pruned", {Message::list(parts).asArgument()});
    return event;
}

} // namespace

HistoryPruner::HistoryPruner(Store &store, const Clock &clock, Scheduler &scheduler, const RetentionConfig &config,
                             QString managerId, QString logFolder, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_config(config)
    , m_managerId(std::move(managerId))
    , m_logFolder(std::move(logFolder))
{
}

HistoryPruner::~HistoryPruner() = default;

void HistoryPruner::start()
{
    storeConfig();
    scheduleSubmissions();
    schedulePass(firstPassAfter);
}

/// Stores configured retention times at once, before a manager without any begins to delete.
void HistoryPruner::storeConfig()
{
    if (!m_config.isConfigured)
        return;
    std::ignore = m_store.write<bool>([clock = &m_clock, config = m_config](Database &database) -> Result<bool> {
        const Result<RetentionConfig> stored = RetentionState(database, *clock).agreed(config);
        return stored ? Result<bool>(true) : failure(stored.error()); // repeated by the next pass
    });
}

void HistoryPruner::setConfig(const RetentionConfig &config)
{
    m_config = config;
    m_arePositionsOutdated = true;
    storeConfig();
}

void HistoryPruner::scheduleSubmissions()
{
    m_scheduler.callAfter(submissionInterval, this, [this] { endSubmissions(); });
}

void HistoryPruner::endSubmissions()
{
    const auto task = [clock = &m_clock](Database &database) { return Submissions(database, *clock).finished(); };
    whenFinished(m_store.read<QList<Submission>>(task), this, [this](const Result<QList<Submission>> &finished) {
        const milliseconds now = m_clock.steadyNow();
        const milliseconds patience = m_callsSubmissionHook ? milliseconds(0) : milliseconds(submissionPatience);
        QHash<qint64, milliseconds> since;
        QSet<qint64> due;
        for (const Submission &submission : finished.value_or(QList<Submission>())) {
            since.insert(submission.id, m_finishedSince.value(submission.id, now));
            if (now - since.value(submission.id) >= patience)
                due.insert(submission.id);
        }
        m_finishedSince = since;
        if (due.isEmpty())
            scheduleSubmissions();
        else
            endSubmissions(due);
    });
}

void HistoryPruner::endSubmissions(const QSet<qint64> &due)
{
    const auto task = [due, clock = &m_clock](Database &database) {
        return Submissions(database, *clock).end([&due](const Submission &each) { return due.contains(each.id); });
    };
    whenFinished(m_store.write<QList<Submission>>(task), this, [this](const Result<QList<Submission>> &ended) {
        scheduleSubmissions();
        if (!ended)
            return; // repeated soon
        for (const Submission &submission : *ended) {
            Event event;
            event.at = submission.endedAt;
            event.kind = EventKind::SubmissionEnded;
            event.message = Message("submission_ended", {submission.title, submission.counts().asArgument()});
            Q_EMIT eventHappened(event);
        }
    });
}

void HistoryPruner::schedulePass(milliseconds delay)
{
    m_scheduler.callAfter(delay, this, [this] {
        schedulePass(interval);
        beginPass();
    });
}

void HistoryPruner::removeOldLogs()
{
    if (!m_logFolder.isEmpty() && m_config.logs) {
        std::ignore = QtConcurrent::run(
            [folder = m_logFolder, kept = *m_config.logs] { WorkerLogs::removeOld(folder, kept); });
    }
}

/// Finds out what has expired, takes the lease, and checks whether the deletion may begin.
Result<HistoryPruner::Step> HistoryPruner::prepare(Database &database, const Clock &clock, const QString &managerId,
                                                   const RetentionConfig &config)
{
    Step step;
    RetentionState retention(database, clock);
    const Result<RetentionConfig> agreed = retention.agreed(config);
    if (!agreed)
        return failure(agreed.error());
    step.selections = expiredHistory(*agreed, clock.utcNow());
    const auto state = retention.state();
    if (!state)
        return failure(state.error());
    if (state->consent == RetentionState::Consent::Needed) {
        step.mayDelete = false;
        for (const HistorySelection &selection : std::as_const(step.selections)) {
            const Result<qint64> found = Retention(database).count(selection, 1);
            if (!found)
                return failure(found.error());
            if (*found == 0)
                continue;
            const Result<QDateTime> begins = retention.announce();
            if (!begins)
                return failure(begins.error());
            step.event = RetentionState::announcement(*begins);
            return step;
        }
        return step;
    }
    if (state->consent == RetentionState::Consent::Announced) {
        // A time in the distant future was written before the clock was set back.
        const QDateTime now = clock.utcNow();
        step.mayDelete = now >= state->begins || state->begins > now.addSecs(RetentionState::notice.count());
        if (!step.mayDelete)
            return step;
        if (const Status given = retention.consent(); !given)
            return failure(given.error());
    }
    const Result<bool> isTaken = retention.takeLease(managerId);
    if (!isTaken)
        return failure(isTaken.error());
    step.mayDelete = *isTaken;
    return step;
}

void HistoryPruner::beginPass()
{
    removeOldLogs();
    if (std::exchange(m_isPassing, true))
        return; // the previous pass has not ended
    const milliseconds now = m_clock.steadyNow();
    if (std::exchange(m_arePositionsOutdated, false) || now - m_positionsSince > positionsKept) {
        m_positions.clear();
        m_positionsSince = now;
    }
    m_pass = {{}, {}, now};
    const auto task = [clock = &m_clock, managerId = m_managerId, config = m_config](Database &database) {
        return prepare(database, *clock, managerId, config);
    };
    whenFinished(m_store.write<Step>(task), this, [this](const Result<Step> &step) {
        if (step && step->event)
            Q_EMIT eventHappened(*step->event);
        if (step && step->mayDelete) {
            m_pass.left = step->selections;
            continuePass();
            return;
        }
        m_isPassing = false;
        Q_EMIT passEnded(0);
    });
}

void HistoryPruner::continuePass()
{
    if (m_pass.left.isEmpty())
        shrinkFile();
    else
        deleteBatch();
}

void HistoryPruner::deleteBatch()
{
    const HistorySelection selection = m_pass.left.constFirst();
    const milliseconds now = m_clock.steadyNow();
    const bool renewsLease = now - m_pass.leaseRenewedAt > RetentionState::leaseTime / 3;
    if (renewsLease)
        m_pass.leaseRenewedAt = now;
    const auto task = [clock = &m_clock, managerId = m_managerId, selection, renewsLease,
                       position = m_positions.value(selection.kind),
                       budget = m_budget](Database &database) mutable -> Result<Step> {
        Step step;
        if (renewsLease) {
            const Result<bool> isTaken = RetentionState(database, *clock).takeLease(managerId);
            if (!isTaken)
                return failure(isTaken.error());
            step.mayDelete = *isTaken;
            if (!step.mayDelete)
                return step;
        }
        Result<HistoryBatch> batch = Retention(database).deleteBatch(selection, position, budget);
        if (!batch)
            return failure(batch.error());
        step.batch = *batch;
        step.budget = budget;
        return step;
    };
    whenFinished(m_store.write<Step>(task), this, [this, kind = selection.kind](const Result<Step> &step) {
        if (!step || !step->mayDelete) { // the next pass continues
            endPass();
            return;
        }
        m_budget = step->budget;
        m_longestHold = std::max(m_longestHold, step->batch.held);
        m_positions[kind] = step->batch.position;
        m_pass.deleted[kind] += step->batch.deleted;
        if (!step->batch.more)
            m_pass.left.removeFirst();
        m_scheduler.callAfter(pauseAfter(step->batch.held), this, [this] { continuePass(); });
    });
}

void HistoryPruner::shrinkFile()
{
    const auto task = [](Database &database) -> Result<Step> {
        Step step;
        const auto begin = std::chrono::steady_clock::now();
        const Result<qint64> left = database.shrink(pagesAtOnce);
        if (!left)
            return failure(left.error());
        step.hasEnded = *left == 0;
        step.batch.held = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now()
                                                                                - begin);
        return step;
    };
    if (total(m_pass.deleted) == 0) {
        endPass();
        return;
    }
    whenFinished(m_store.write<Step>(task), this, [this](const Result<Step> &step) {
        if (!step || step->hasEnded) {
            endPass();
            return;
        }
        m_longestHold = std::max(m_longestHold, step->batch.held);
        m_scheduler.callAfter(pauseAfter(step->batch.held), this, [this] { shrinkFile(); });
    });
}

void HistoryPruner::endPass()
{
    const qint64 deleted = total(m_pass.deleted);
    const std::optional<Event> event = deleted > 0 ? std::optional(prunedEvent(m_pass.deleted)) : std::nullopt;
    m_isPassing = false;
    const auto task = [clock = &m_clock, managerId = m_managerId, event](Database &database) -> Result<bool> {
        if (const Status released = RetentionState(database, *clock).releaseLease(managerId); !released)
            return failure(released.error());
        if (event) {
            if (const Status added = EventLog(database, *clock).add(*event); !added)
                return failure(added.error());
        }
        return true;
    };
    whenFinished(m_store.write<bool>(task), this, [this, event, deleted](const Result<bool> &) {
        if (event)
            Q_EMIT eventHappened(*event);
        Q_EMIT passEnded(deleted);
    });
}

} // namespace lifeguard
