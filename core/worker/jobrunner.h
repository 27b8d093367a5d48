// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/fingerprints.h"
#include "core/store/resultscache.h"
#include "core/worker/converter.h"
#include "core/worker/hostpaths.h"
#include "core/worker/joboutcome.h"
#include "core/worker/memorykills.h"
#include "core/worker/outputwriting.h"
#include "core/worker/preparedoutput.h"
#include "core/worker/workeroptions.h"
#include "core/worker/workspacecheck.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <memory>
#include <optional>

namespace lifeguard {

class FileThread;

/// Runs one job at a time: determines its output path and checks whether the results cache has an up-to-date output; if
/// not, reads the input, converts it within the job's time limit, and writes the temporary output. Does not write to
/// the queue, which is the task of JobSettlement. Lives on the worker's main thread and does not block: files are
/// accessed on a FileThread.
class JobRunner : public QObject
{
    Q_OBJECT

public:
    /// All arguments must outlive this object.
    JobRunner(const WorkerOptions &options, const HostPaths &paths, ResultsCache &cache, Fingerprints &fingerprints,
              Converter &converter, FileThread &files, QObject *parent = nullptr);

    /// Starts a job; finished() is emitted exactly once, possibly before this function returns. No other job may be
    /// running.
    void start(const Job &job);
    /// Returns whether a job is running.
    [[nodiscard]] bool isRunning() const { return m_stage != Stage::None; }
    /// Stops the job because its lease is lost; finished() is emitted with JobOutcome::Kind::LeaseLost. Does nothing if
    /// no job is running.
    void abandon();

Q_SIGNALS:
    void finished(const lifeguard::JobOutcome &outcome);

private:
    /// The stages of a job. It passes through them in this order.
    enum class Stage {
        None, ///< no job is running
        PreparingOutput,
        ReadingInput,
        Converting,
        WritingOutput,
    };
    /// Why the conversion is being stopped.
    enum class StopReason { None, LeaseLost, TimeLimit };

    [[nodiscard]] Status readPayload();
    void prepareOutput();
    [[nodiscard]] KnownOutput readKnown();
    void onPrepared(const PreparedOutput &prepared);
    void readInput();
    void convert();
    void stopAtTimeLimit();
    void onConverted(const Result<Conversion> &result);
    void writeOutput(const Conversion &conversion);
    void onWritten(const WrittenOutputs &written, const QStringList &notes, const std::optional<QJsonArray> &warnings);
    void finishUnchanged();
    [[nodiscard]] QStringList outputsOf(const Fingerprint &fingerprint) const;
    [[nodiscard]] QMap<QString, QString> sourcesOnHost(const QMap<QString, QString> &sources) const;
    void examineFailure(const Error &error);
    void fail(const Error &error);
    /// Returns the time limit of the job: its own, or else that of the pool.
    [[nodiscard]] seconds timeLimit() const { return m_job.maxJobTime.value_or(m_options.maxJobTime); }
    [[nodiscard]] seconds fileLimit() const;
    [[nodiscard]] Error timeLimitError(const QString &detail) const;
    void finish(JobOutcome::Kind kind, const Error &error = {});
    void finish(JobOutcome outcome);

    const WorkerOptions &m_options;
    const HostPaths &m_paths;
    ResultsCache &m_cache;
    Fingerprints &m_fingerprints;
    Converter &m_converter;
    FileThread &m_files;
    QList<WorkspaceCheck> m_checks; ///< of the workspace, then of the output roots
    QElapsedTimer m_elapsed; ///< since the beginning of the job
    MemoryKills m_memoryKills;
    QTimer m_timeLimit;
    Job m_job; ///< the job as stored in the queue
    Job m_localJob; ///< the same job with the paths of its files in this process (HostPaths)
    OutputPath m_output;
    QString m_rules; ///< of the converter, for this job
    KnownOutput m_known;
    QByteArray m_inputHash; ///< as in OutputWriting
    QDateTime m_convertingSince; ///< UTC
    ConversionContext m_context;
    QStringList m_payloadNotes; ///< of checkPayload()
    Stage m_stage = Stage::None;
    StopReason m_stopReason = StopReason::None;
    QString m_progress; ///< the progress of the job when it reached the time limit
    std::shared_ptr<std::atomic<bool>> m_isWriteAbandoned; ///< set when the temporary file is no longer needed
    bool m_wasConverted = false; ///< as in JobOutcome
};

} // namespace lifeguard
