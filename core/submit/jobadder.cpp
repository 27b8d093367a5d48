// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/jobadder.h"

#include "core/base/futurecallbacks.h"
#include "core/base/username.h"
#include "core/submit/payloadjob.h"
#include "core/submit/planexecution.h"

#include <QFileInfo>
#include <QThreadPool>
#include <QUuid>
#include <QtConcurrent>

#include <chrono>

namespace lifeguard {

JobAdder::JobAdder(AddJobs addJobs, QObject *parent) : QObject(parent), m_addJobs(std::move(addJobs))
{
    m_progressTimer.setInterval(std::chrono::milliseconds(100));
    connect(&m_progressTimer, &QTimer::timeout, this, [this] { Q_EMIT stateChanged(state()); });
}

JobAdder::~JobAdder()
{
    if (m_progress) {
        m_progress->cancelled = true;
    }
}

void JobAdder::add(std::shared_ptr<const JobPlan> plan, std::optional<int> priority, bool isForced)
{
    if (!plan || plan->jobs.isEmpty()) {
        return;
    }
    const int files = int(plan->jobs.size());
    const QString text = plan->copied > 0 ? tr("Copying and reading %Ln file(s)…", nullptr, files)
                                          : tr("Reading %Ln file(s)…", nullptr, files);
    const QString title = plan->title.isEmpty() ? QFileInfo(plan->jobs.first().source).fileName() : plan->title;
    const auto prepare = [plan = std::move(plan), priority, isForced](Progress *progress) {
        Result<QList<NewJob>> jobs = executePlan(*plan, progress);
        if (jobs) {
            for (NewJob &job : *jobs) {
                job.priority = priority.value_or(job.priority);
                job.isForced = isForced;
            }
        }
        return jobs;
    };
    enqueue({prepare, text, title});
}

void JobAdder::add(const NewJob &job, int count)
{
    const auto prepare = [job, count](Progress *progress) -> Result<QList<NewJob>> {
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
    enqueue({prepare, tr("Preparing %Ln job(s)…", nullptr, count), payloadTitle(job.type, count)});
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
        state.notCancellable = tr("The jobs are being written to the database in one transaction.");
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
        startNext();
    }
}

void JobAdder::startNext()
{
    if (m_waiting.empty()) {
        m_active = false;
        m_text.clear();
        m_progress.reset();
        m_progressTimer.stop();
        Q_EMIT stateChanged(state());
        return;
    }
    Request request = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_active = true;
    m_writing = false;
    m_text = request.text;
    m_progress = std::make_shared<Progress>();
    m_progressTimer.start();
    Q_EMIT stateChanged(state());
    // The jobs are shared, so that a list of 100,000 jobs is never copied.
    using Prepared = Result<std::shared_ptr<const QList<NewJob>>>;
    const auto work = [prepare = std::move(request.prepare), progress = m_progress]() -> Prepared {
        Result<QList<NewJob>> jobs = prepare(progress.get());
        if (!jobs) {
            return failure(jobs.error());
        }
        return std::make_shared<const QList<NewJob>>(std::move(*jobs));
    };
    whenFinished(QtConcurrent::run(work), this, [this, title = request.title](const Prepared &jobs) {
        if (!jobs) {
            if (jobs.error().code != ErrorCode::Cancelled) {
                Q_EMIT errorHappened(jobs.error());
            }
            finishRequest();
            return;
        }
        if (m_progress->cancelled) {
            finishRequest();
            return;
        }
        m_writing = true;
        m_text = tr("Writing %Ln job(s) to the database…", nullptr, int((*jobs)->size()));
        Q_EMIT stateChanged(state());
        write(*jobs, title);
    });
}

void JobAdder::write(const std::shared_ptr<const QList<NewJob>> &jobs, const QString &title)
{
    const NewSubmission submission{title, userName()};
    // There is no time limit: the window shows that the database is locked.
    retryWhileBusy([this, jobs, submission] { return m_addJobs(*jobs, submission); }, this, [] { return true; },
                   [this, jobs](const Result<QList<qint64>> &ids) {
                       if (ids) {
                           Q_EMIT added(ids->size());
                       } else {
                           Q_EMIT errorHappened(ids.error());
                       }
                       QThreadPool::globalInstance()->start([jobs] {}); // frees a long list of jobs outside the GUI
                                                                        // thread
                       finishRequest();
                   });
}

void JobAdder::finishRequest()
{
    m_writing = false;
    startNext();
}

} // namespace lifeguard
