// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobrunner.h"

#include "core/base/orphanreaper.h"
#include "core/base/unixsignals.h"
#include "core/config/jobtypes.h"
#include "core/model/temporaryoutput.h"
#include "core/worker/clmnotes.h"
#include "core/worker/fileerrors.h"
#include "core/worker/filethread.h"
#include "core/worker/outputwriting.h"
#include "core/worker/payloadkeys.h"
#include "core/worker/toolprocess.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <csignal>

namespace lifeguard {
namespace {

constexpr seconds shortestFileLimit{5};

/// Returns whether jobs of this type have an input and an output.
bool hasFiles(const QString &type)
{
    const std::optional<JobType> known = jobType(type);
    return known && !known->inputSuffixes.isEmpty();
}

/// Returns whether the text is a JSON value that QJsonDocument cannot represent, such as null.
bool isJsonScalar(const QByteArray &text)
{
    return QJsonDocument::fromJson('[' + text + ']').array().size() == 1;
}

/// Returns the folder of the file, or an empty path if it does not exist.
QString existingFolderOf(const QString &file)
{
    const QString folder = QFileInfo(file).absolutePath();
    return QFileInfo(folder).isDir() ? folder : QString();
}

} // namespace

JobRunner::JobRunner(const WorkerOptions &options, const HostPaths &paths, ResultsCache &cache,
                     Fingerprints &fingerprints, Converter &converter, FileThread &files, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_paths(paths)
    , m_cache(cache)
    , m_fingerprints(fingerprints)
    , m_converter(converter)
    , m_files(files)
    , m_checks{WorkspaceCheck(options.workspace)}
{
    for (const QString &root : options.outputRoots)
        m_checks.append(WorkspaceCheck(root, WorkspaceCheck::Kind::OutputRoot));
    m_timeLimit.setSingleShot(true);
    connect(&m_timeLimit, &QTimer::timeout, this, &JobRunner::stopAtTimeLimit);
    connect(&m_converter, &Converter::finished, this, &JobRunner::onConverted);
}

void JobRunner::start(const Job &job)
{
    Q_ASSERT(!isRunning());
    m_job = job;
    m_localJob = job;
    m_localJob.inputFile = m_paths.toLocal(job.inputFile);
    m_localJob.outputFile = m_paths.toLocal(job.outputFile);
    m_output = {};
    m_rules.clear();
    m_known = {};
    m_inputHash.clear();
    m_elapsed.start();
    m_isWriteAbandoned.reset();
    m_context = {};
    m_payloadNotes.clear();
    m_wasConverted = false;
    m_stopReason = StopReason::None;
    m_progress.clear();
    m_stage = Stage::PreparingOutput;
    if (const Status read = readPayload(); !read)
        fail(read.error());
    else if (m_localJob.outputFile.isEmpty() && !hasFiles(m_job.type))
        convert();
    else
        prepareOutput();
}

Status JobRunner::readPayload()
{
    QJsonParseError parsed;
    m_context.payload = QJsonDocument::fromJson(m_job.payload, &parsed).object();
    if (!m_job.payload.trimmed().isEmpty() && parsed.error != QJsonParseError::NoError
        && !isJsonScalar(m_job.payload)) {
        return failure(ErrorCode::InvalidArgument,
                       tr("The payload of the job is not valid JSON: %1.").arg(parsed.errorString()));
    }
    const Result<QStringList> notes = checkPayload(m_job.type, m_context.payload);
    if (!notes)
        return failure(notes.error());
    m_payloadNotes = *notes;
    return {};
}

void JobRunner::prepareOutput()
{
    m_rules = m_converter.rules(m_context.payload, m_options.converter);
    m_known = readKnown();
    KnownOutput local = m_known;
    if (local.fingerprint) {
        local.fingerprint->sources.clear();
        const QMap<QString, QString> &sources = m_known.fingerprint->sources;
        for (auto source = sources.cbegin(); source != sources.cend(); ++source)
            local.fingerprint->sources.insert(m_paths.toLocal(source.key()), source.value());
    }
    m_files.run(
        [this, job = m_localJob, owner = m_options.outputOwner, checks = m_checks, local,
         rules = m_rules]() -> FileThread::Continuation {
            const PreparedOutput prepared = prepareOutputOf(job, owner, checks, local, rules);
            return [this, prepared] { onPrepared(prepared); };
        },
        fileLimit(), [this] { fail(unreachableError(m_localJob.outputFile, fileLimit())); });
}

/// A database that cannot be read at the moment costs a conversion, no more.
KnownOutput JobRunner::readKnown()
{
    KnownOutput known;
    known.fingerprint = m_fingerprints.find(m_job.outputFile).value_or(std::nullopt);
    if (!m_job.isForced)
        known.cached = m_cache.find(m_job.outputFile, m_job.contentHash).value_or(std::nullopt);
    return known;
}

void JobRunner::onPrepared(const PreparedOutput &prepared)
{
    m_output = prepared.output;
    if (!prepared.status)
        fail(prepared.status.error());
    else if (prepared.isUnchanged)
        finishUnchanged();
    else if (hasFiles(m_job.type))
        readInput();
    else
        convert();
}

void JobRunner::readInput()
{
    m_stage = Stage::ReadingInput;
    m_files.run(
        [this, job = m_localJob, payload = m_context.payload, output = m_output, workspace = m_options.workspace,
         usesFolder = m_converter.usesInputFolder()]() -> FileThread::Continuation {
            const Result<QByteArray> data = checkInputIsKept(job, output.target, workspace).and_then([&] {
                return lifeguard::readInput(job, payload);
            });
            const QString folder = usesFolder ? existingFolderOf(job.inputFile) : QString();
            QByteArray hash;
            if (data && readsInputFile(job, payload))
                hash = QCryptographicHash::hash(*data, QCryptographicHash::Sha256).toHex();
            return [this, data, folder, hash] {
                if (!data) {
                    fail(data.error());
                    return;
                }
                m_inputHash = hash;
                m_context.data = *data;
                m_context.inputFolder = folder;
                convert();
            };
        },
        fileLimit(),
        [this] {
            // The folder of the output did respond, so the input is to blame.
            fail({ErrorCode::TimedOut,
                  //: %1 is a file, %2 a number of seconds.
                  tr("The input %1 could not be read within %2 s.").arg(m_localJob.inputFile).arg(fileLimit().count()),
                  {}});
        });
}

void JobRunner::convert()
{
    m_stage = Stage::Converting;
    m_context.workspace = m_options.workspace;
    m_context.format = m_output.format;
    m_context.outputFile = m_output.temporary;
    m_context.settings = m_options.converter;
    m_convertingSince = QDateTime::currentDateTimeUtc();
    if (hasFiles(m_job.type)) // other jobs have no tool, and are too short for this
        m_memoryKills.begin();
    // The manager measures the time of the job from its beginning, too.
    m_timeLimit.start(std::max(milliseconds(0), milliseconds(timeLimit()) - milliseconds(m_elapsed.elapsed())));
    m_converter.convert(m_localJob, std::exchange(m_context, {}));
}

void JobRunner::abandon()
{
    if (m_stage == Stage::None || m_stopReason != StopReason::None)
        return;
    if (m_stage == Stage::Converting) {
        m_stopReason = StopReason::LeaseLost;
        m_converter.cancel();
        return;
    }
    if (m_isWriteAbandoned)
        *m_isWriteAbandoned = true;
    m_files.abandon();
    finish(JobOutcome::Kind::LeaseLost);
}

void JobRunner::stopAtTimeLimit()
{
    if (m_stopReason != StopReason::None)
        return;
    m_stopReason = StopReason::TimeLimit;
    m_progress = m_converter.progress();
    m_converter.cancel();
}

void JobRunner::onConverted(const Result<Conversion> &result)
{
    if (m_stage != Stage::Converting)
        return;
    m_timeLimit.stop();
    m_wasConverted = m_stopReason != StopReason::LeaseLost;
    reapOrphans(ToolProcess::livePids());
    if (m_stopReason == StopReason::LeaseLost)
        finish(JobOutcome::Kind::LeaseLost);
    else if (m_stopReason == StopReason::TimeLimit)
        fail(timeLimitError(result ? QString() : result.error().detail));
    else if (!result)
        examineFailure(result.error());
    else if (m_output.temporary.isEmpty())
        finish(JobOutcome::Kind::Converted);
    else
        writeOutput(*result);
}

void JobRunner::writeOutput(const Conversion &conversion)
{
    m_stage = Stage::WritingOutput;
    m_isWriteAbandoned = std::make_shared<std::atomic<bool>>(false);
    OutputWriting writing{m_localJob, m_options.workspace, m_output, conversion, {}, m_convertingSince, m_inputHash};
    writing.conversion.notes = m_payloadNotes + conversion.notes;
    if (conversion.warnings)
        writing.conversion.warnings = clmWarnings(*conversion.warnings, m_payloadNotes);
    writing.fingerprint.contentHash = m_job.contentHash;
    writing.fingerprint.rules = m_rules;
    writing.fingerprint.notes = writing.conversion.notes;
    m_files.run(
        [this, writing, isAbandoned = m_isWriteAbandoned]() -> FileThread::Continuation {
            const WrittenOutputs written = writeOutputs(writing);
            if (*isAbandoned)
                removeTemporaryOutputs(writing.output.temporary); // created after the owner of the job had removed them
            return [this, written, notes = writing.conversion.notes, warnings = writing.conversion.warnings] {
                if (written.status)
                    onWritten(written, notes, warnings);
                else
                    fail(written.status.error());
            };
        },
        fileLimit(),
        [this] {
            *m_isWriteAbandoned = true;
            fail(unreachableError(m_output.target, fileLimit()));
        });
}

void JobRunner::onWritten(const WrittenOutputs &written, const QStringList &notes,
                          const std::optional<QJsonArray> &warnings)
{
    JobOutcome outcome;
    outcome.kind = JobOutcome::Kind::Converted;
    outcome.metadata = written.metadata;
    outcome.fingerprint = written.fingerprint;
    outcome.fingerprint.sources = sourcesOnHost(written.fingerprint.sources);
    outcome.result.outputs = outputsOf(written.fingerprint);
    for (const QString &note : notes)
        outcome.result.notes.append(m_paths.textToHost(note));
    outcome.fingerprint.notes = outcome.result.notes;
    outcome.result.warnings = warnings;
    outcome.fingerprint.warnings = warnings;
    if (m_known.fingerprint)
        outcome.obsolete = obsoleteFiles(m_known.fingerprint->further, written.fingerprint.further);
    finish(outcome);
}

void JobRunner::finishUnchanged()
{
    JobOutcome outcome;
    outcome.kind = JobOutcome::Kind::Unchanged;
    const Fingerprint &fingerprint = *m_known.fingerprint;
    outcome.result.outputs = outputsOf(fingerprint);
    outcome.result.notes = fingerprint.notes;
    outcome.result.warnings = fingerprint.warnings;
    //: %1 is a date and time
    outcome.result.cacheNote = tr("Not converted again: the output of %1 was made from the same content.")
                                   .arg(fingerprint.madeAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm")));
    finish(outcome);
}

/// Returns the paths of all outputs, as they are stored.
QStringList JobRunner::outputsOf(const Fingerprint &fingerprint) const
{
    QStringList outputs{m_job.outputFile};
    for (const Fingerprint::Further &further : fingerprint.further)
        outputs.append(QFileInfo(m_job.outputFile).path() + u'/' + further.name);
    return outputs;
}

QMap<QString, QString> JobRunner::sourcesOnHost(const QMap<QString, QString> &sources) const
{
    QMap<QString, QString> onHost;
    for (auto source = sources.cbegin(); source != sources.cend(); ++source)
        onHost.insert(m_paths.textToHost(source.key()), source.value());
    return onHost;
}

/// Determines whether a failure of the tool is the fault of the job: its tool may have been killed because of the
/// memory limit of the worker, or it may have failed because a disk is full.
void JobRunner::examineFailure(const Error &error)
{
    if (error.code != ErrorCode::ToolFailed) {
        fail(error);
        return;
    }
    if (const std::optional<Message> reason = m_memoryKills.reason(error.message.contains(signalName(SIGKILL)))) {
        finish(JobOutcome::Kind::Interrupted, {error.code, reason->englishText(), error.message});
        return;
    }
    m_stage = Stage::WritingOutput;
    QStringList folders{m_options.workspace, QDir::tempPath()};
    if (!m_output.folder.isEmpty())
        folders.append(QFileInfo(m_output.target).path());
    m_files.run(
        [this, folders, error]() -> FileThread::Continuation {
            const Status checked = checkFreeSpace(folders);
            return [this, checked, error] { fail(checked ? error : checked.error()); };
        },
        fileLimit(), [this, error] { fail(error); });
}

void JobRunner::fail(const Error &error)
{
    finish(isBlocking(error) ? JobOutcome::Kind::Blocked : JobOutcome::Kind::Failed, error);
}

seconds JobRunner::fileLimit() const
{
    return std::min(m_options.fileLimit, std::max(shortestFileLimit, timeLimit()));
}

Error JobRunner::timeLimitError(const QString &detail) const
{
    const QString limit = QString::number(timeLimit().count());
    //: %1 is a number of seconds; max_job_time is the name of an option.
    QString message = tr("The job took longer than max_job_time (%1 s), and its tool was stopped.").arg(limit);
    if (m_job.maxJobTime) {
        //: %1 is a number of seconds; max_job_time is the name of an option.
        message = tr("The job took longer than its own max_job_time (%1 s), and its tool was stopped.").arg(limit);
    }
    if (!m_progress.isEmpty()) {
        //: %1 is a sentence, %2 the last step, such as "cell 4: `x = f()`".
        message = tr("%1 Last step: %2").arg(message, m_progress);
    }
    return {ErrorCode::TimedOut, message, detail};
}

void JobRunner::finish(JobOutcome::Kind kind, const Error &error)
{
    JobOutcome outcome;
    outcome.kind = kind;
    outcome.error = error;
    if (!m_output.temporary.isEmpty()) // users know the name of the output only
        outcome.error.message.replace(m_output.temporary, m_output.target);
    finish(outcome);
}

void JobRunner::finish(JobOutcome outcome)
{
    Q_ASSERT(isRunning());
    m_stage = Stage::None;
    outcome.output = m_output;
    outcome.wasConverted = m_wasConverted;
    Q_EMIT finished(outcome);
}

} // namespace lifeguard
