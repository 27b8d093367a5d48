// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QFuture>
#include <QObject>
#include <QTimer>

#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace lifeguard {

/// How far the adding of jobs has come, for a note in the window.
struct AddingState
{
    bool active = false;
    QString text; ///< what is being done: "Reading 1,204 files…"
    qint64 done = 0;
    qint64 total = 0; ///< 0: not known
    QString notCancellable; ///< why it cannot be cancelled any more; empty: it can

    bool operator==(const AddingState &) const = default;
};

/// Adds jobs without holding up the window: files are copied in and read on a thread of the pool, then the store writes them all in
/// one transaction. One request after the other; while somebody else keeps the database locked it waits. Lives on the GUI thread.
class JobAdder : public QObject
{
    Q_OBJECT

public:
    using StoreJobs = std::function<QFuture<Result<QList<qint64>>>(const QList<NewJob> &)>;

    explicit JobAdder(StoreJobs store, QObject *parent = nullptr);
    ~JobAdder() override;

    /// With a priority, all of the plan's jobs get that one.
    void add(std::shared_ptr<const JobPlan> plan, std::optional<int> priority = {});
    /// The same job so many times, for types without files.
    void add(const NewJob &job, int count);
    /// Gives up what has not been handed to the store yet.
    void cancel();
    [[nodiscard]] AddingState state() const;

Q_SIGNALS:
    void stateChanged(const lifeguard::AddingState &state);
    void added(qsizetype count);
    void errorHappened(const lifeguard::Error &error);

private:
    struct Request
    {
        std::function<Result<QList<NewJob>>(Progress *)> make;
        QString text;
    };

    void enqueue(Request request);
    void next();
    void write(const std::shared_ptr<const QList<NewJob>> &jobs);
    void finish();

    StoreJobs m_store;
    std::list<Request> m_waiting;
    bool m_active = false;
    bool m_writing = false;
    QString m_text;
    ProgressPtr m_progress;
    QTimer m_tick;
};

} // namespace lifeguard
