// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/worker/joboutcome.h"
#include "core/worker/workeroptions.h"

#include <functional>

namespace lifeguard {

/// Writes the log of a worker to stderr, one line for each job. The executor redirects stderr to the worker's log file.
/// The lines are not translated. Any thread.
class WorkerLog
{
public:
    using Writer = std::function<void(const QString &line)>;

    /// clock must outlive this object. writer defaults to writeToStandardError().
    explicit WorkerLog(const WorkerOptions &options, const Clock &clock, Writer writer = writeToStandardError);

    /// Writes that the worker is stopping, for example because of a signal.
    void stopping(const QString &reason) const;
    /// Writes the outcome of a job. Paths are shown relative to the workspace. duration: in seconds. error: the text of
    /// outcome.error with the paths of the host.
    void jobOutcome(qint64 jobId, const QString &input, const JobOutcome &outcome, double duration,
                    const QString &error) const;
    /// Writes an error that ends the worker, regardless of the log level.
    void fatal(const QString &message) const;

    static void writeToStandardError(const QString &line);

private:
    void jobEnded(qint64 jobId, const QString &input, const QString &output, const QString &outcome) const;
    void jobFailed(qint64 jobId, const QString &input, const QString &output, const QString &error) const;
    void writeJob(qint64 jobId, const QString &input, const QString &output, const QString &outcome) const;

    const LogLevel m_level;
    const QString m_workspace;
    const Clock &m_clock;
    const Writer m_write;
};

} // namespace lifeguard
