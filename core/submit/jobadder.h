// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/job.h"
#include "core/model/submission.h"
#include "core/submit/jobplanner.h"

#include <QFuture>
#include <QObject>
#include <QTimer>

#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace lifeguard {

/// The activity and the progress of a JobAdder, as shown in the window.
struct AddingState
{
    bool active = false;
    QString text; ///< The current step: "Reading 1,204 files…".
    qint64 done = 0;
    qint64 total = 0; ///< 0 if unknown
    QString notCancellable; ///< Why the current step cannot be cancelled; empty if it can be.

    bool operator==(const AddingState &) const = default;
};

/// Adds jobs to the queue without blocking the event loop. A thread of the global pool copies and reads the input
/// files; the store then adds all jobs of a request in one transaction. Requests are processed one after another, in
/// the order in which they were made. While another program keeps the database locked, the current request is retried.
/// Use it from the thread that created it.
class JobAdder : public QObject
{
    Q_OBJECT

public:
    /// Adds the jobs of a submission to the queue; the result lists their ids.
    using AddJobs = std::function<QFuture<Result<QList<qint64>>>(const QList<NewJob> &, const NewSubmission &)>;

    explicit JobAdder(AddJobs addJobs, QObject *parent = nullptr);
    ~JobAdder() override;

    /// Adds the jobs of a plan, as one submission with the title of the plan. If a priority is given, it replaces the
    /// priorities in the plan. isForced: the results cache is not used.
    void add(std::shared_ptr<const JobPlan> plan, std::optional<int> priority = {}, bool isForced = false);
    /// Adds count copies of a job, each with a correlation id of its own. For types that need no input file.
    void add(const NewJob &job, int count);
    /// Discards all requests whose jobs have not been passed to the store yet.
    void cancel();
    [[nodiscard]] AddingState state() const;

Q_SIGNALS:
    /// Emitted at the beginning of each step, every 100 ms while a step is running, and once all requests are
    /// processed.
    void stateChanged(const lifeguard::AddingState &state);
    void added(qsizetype count);
    void errorHappened(const lifeguard::Error &error);

private:
    struct Request
    {
        std::function<Result<QList<NewJob>>(Progress *)> prepare; ///< Runs on a thread of the global pool.
        QString text;
        QString title; ///< of the submission
    };

    void enqueue(Request request);
    void startNext();
    void write(const std::shared_ptr<const QList<NewJob>> &jobs, const QString &title);
    void finishRequest();

    AddJobs m_addJobs;
    std::list<Request> m_waiting;
    bool m_active = false;
    bool m_writing = false;
    QString m_text;
    ProgressPtr m_progress;
    QTimer m_progressTimer;
};

} // namespace lifeguard
