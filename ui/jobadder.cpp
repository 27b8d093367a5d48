// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobadder.h"

#include "core/base/future.h"
#include "ui/format.h"

#include <QThreadPool>
#include <QUuid>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

JobAdder::JobAdder(StoreJobs store, QObject *parent)
    : QObject(parent)
    , m_store(std::move(store))
{
    m_tick.setInterval(std::chrono::milliseconds(100));
    connect(&m_tick, &QTimer::timeout, this, [this] { Q_EMIT stateChanged(state()); });
}

JobAdder::~JobAdder()
{
    if (m_progress) {
        m_progress->cancelled = true;
    }
}

void JobAdder::add(std::shared_ptr<const JobPlan> plan, std::optional<int> priority)
{
    if (!plan || plan->jobs.isEmpty()) {
        return;
    }
    const QString files = format::count(plan->jobs.size());
    const QString text = plan->copied > 0 ? tr("Copying in and reading %1 files…").arg(files) : tr("Reading %1 files…").arg(files);
    const auto make = [plan = std::move(plan), priority](Progress *progress) {
        Result<QList<NewJob>> jobs = executePlan(*plan, progress);
        if (jobs && priority) {
            for (NewJob &job : *jobs) {
                job.priority = *priority;
            }
        }
        return jobs;
    };
    enqueue({make, text});
}

void JobAdder::add(const NewJob &job, int count)
{
    const auto make = [job, count](Progress *progress) -> Result<QList<NewJob>> {
        progress->total = count;
        QList<NewJob> jobs;
        jobs.reserve(count);
        for (int i = 0; i < count; ++i) {
            if (progress->cancelled) {
                return failure(ErrorCode::Cancelled, {});
            }
            jobs.append(job);
            jobs.last().correlationId = QUuid::createUuid().toString(QUuid::WithoutBraces);
            ++progress->done;
        }
        return jobs;
    };
    enqueue({make, tr("Making %1 jobs…").arg(format::count(count))});
}

void JobAdder::cancel()
{
    m_waiting.clear();
    if (m_progress) {
        m_progress->cancelled = true;
    }
}

AddingState JobAdder::state() const
{
    AddingState state;
    state.active = m_active;
    state.text = m_text;
    if (m_active && m_writing) {
        state.notCancellable = tr("They are being written into the database, all or none.");
    } else if (m_active && m_progress) {
        state.done = m_progress->done;
        state.total = m_progress->total;
    }
    return state;
}

void JobAdder::enqueue(Request request)
{
    m_waiting.push_back(std::move(request));
    if (!m_active) {
        next();
    }
}

void JobAdder::next()
{
    if (m_waiting.empty()) {
        m_active = false;
        m_text.clear();
        m_progress.reset();
        m_tick.stop();
        Q_EMIT stateChanged(state());
        return;
    }
    Request request = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_active = true;
    m_writing = false;
    m_text = request.text;
    m_progress = std::make_shared<Progress>();
    m_tick.start();
    Q_EMIT stateChanged(state());
    // Shared, so that a hundred thousand of them are never copied, and freed where they were made.
    using Made = Result<std::shared_ptr<const QList<NewJob>>>;
    const auto work = [make = std::move(request.make), progress = m_progress]() -> Made {
        Result<QList<NewJob>> jobs = make(progress.get());
        if (!jobs) {
            return failure(jobs.error());
        }
        return std::make_shared<const QList<NewJob>>(std::move(*jobs));
    };
    whenAnswered(QtConcurrent::run(work), this, [this](const Made &made) {
        if (!made) {
            if (made.error().code != ErrorCode::Cancelled) {
                Q_EMIT errorHappened(made.error());
            }
            finish();
            return;
        }
        if (m_progress->cancelled) {
            finish();
            return;
        }
        m_writing = true;
        m_text = tr("Writing %1 jobs into the database…").arg(format::count((*made)->size()));
        Q_EMIT stateChanged(state());
        write(*made);
    });
}

void JobAdder::write(const std::shared_ptr<const QList<NewJob>> &jobs)
{
    // However long it takes: the window says that the database is locked.
    retryWhileBusy([this, jobs] { return m_store(*jobs); }, this, [] { return true; }, [this, jobs](const Result<QList<qint64>> &ids) {
        if (ids) {
            Q_EMIT added(ids->size());
        } else {
            Q_EMIT errorHappened(ids.error());
        }
        QThreadPool::globalInstance()->start([jobs] {}); // so that freeing them does not hold up the window
        finish();
    });
}

void JobAdder::finish()
{
    m_writing = false;
    next();
}

} // namespace lifeguard
