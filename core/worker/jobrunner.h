// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/resultscache.h"
#include "core/worker/converter.h"
#include "core/worker/hostpaths.h"
#include "core/worker/joboutcome.h"
#include "core/worker/workeroptions.h"

#include <QObject>
#include <QTimer>

namespace lifeguard {

/// Runs one job at a time: determines its output path and checks whether the results cache has an up-to-date output; if
/// not, reads the input and converts it within the job's time limit. Does not write to the queue, which is the task of
/// JobSettlement. Lives on the worker's main thread and does not block while a tool works.
class JobRunner : public QObject
{
    Q_OBJECT

public:
    /// All arguments must outlive this object.
    JobRunner(const WorkerOptions &options, const HostPaths &paths, ResultsCache &cache, Converter &converter,
              QObject *parent = nullptr);

    /// Starts a job; finished() is emitted exactly once, possibly before this function returns. No other job may be
    /// running.
    void start(const Job &job);
    /// Returns whether a tool is working on the job.
    [[nodiscard]] bool isConverting() const { return m_isConverting; }
    /// Stops the tool because the job's lease is lost; finished() is emitted with JobOutcome::Kind::LeaseLost. Does
    /// nothing if no tool is working.
    void abandon();

Q_SIGNALS:
    void finished(const lifeguard::JobOutcome &outcome);

private:
    /// Why the conversion is being stopped.
    enum class StopReason { None, LeaseLost, TimeLimit };

    [[nodiscard]] Result<ConversionContext> prepare() const;
    [[nodiscard]] bool isUnchanged() const;
    void stopAtTimeLimit();
    void onConverted(const Result<Conversion> &result);
    [[nodiscard]] Error timeLimitError(const QString &detail) const;
    void finish(JobOutcome::Kind kind, const Error &error = {});

    const WorkerOptions &m_options;
    const HostPaths &m_paths;
    ResultsCache &m_cache;
    Converter &m_converter;
    QTimer m_timeLimit;
    Job m_job; ///< the job as stored in the queue
    Job m_localJob; ///< the same job with the paths of its files in this process (HostPaths)
    OutputPath m_output;
    StopReason m_stopReason = StopReason::None;
    QString m_progress; ///< the progress of the job when it reached the time limit
    bool m_isConverting = false;
    bool m_wasConverted = false; ///< as in JobOutcome
};

} // namespace lifeguard
