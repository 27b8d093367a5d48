// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerloop.h"

#include "core/base/logging.h"
#include "core/base/orphanreaper.h"
#include "core/config/jobtypes.h"
#include "core/worker/batchsize.h"
#include "core/worker/toolprocess.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

#include <cstdio>

namespace lifeguard {
namespace {

constexpr milliseconds retryPause{50};
constexpr milliseconds holdPause{100}; ///< a look into the memory shared with the manager
constexpr int maxEndTries = 100; ///< of setDead() on a locked database: then the manager notices our end all the same

void printLine(const QString &line)
{
    std::fprintf(stderr, "%s\n", qUtf8Printable(line));
}

} // namespace

WorkerLoop::WorkerLoop(WorkerOptions options, std::unique_ptr<Database> database, std::unique_ptr<BeatFile> beats,
                       std::unique_ptr<Converter> converter, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_paths(m_options.hostWorkspace, m_options.workspace)
    , m_db(std::move(database))
    , m_queue(*m_db, m_clock)
    , m_registry(*m_db, m_clock)
    , m_cache(*m_db, m_clock)
    , m_commits(*m_db)
    , m_beats(std::move(beats))
    , m_converter(std::move(converter))
{
    m_retry.setSingleShot(true);
    m_limit.setSingleShot(true);
    m_hold.setSingleShot(true);
    connect(&m_hold, &QTimer::timeout, this, [this] {
        if (!m_job && m_batch.isEmpty() && !m_isStopping && !m_retry.isActive())
            claim();
    });
    connect(m_converter.get(), &Converter::finished, this, &WorkerLoop::endJob);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        m_abort = Abort::TooLong;
        m_stoppedAt = m_converter->progress();
        m_converter->cancel();
    });
    connect(&m_commits, &CommitWatcher::committed, this, [this] {
        reapOrphans(ToolProcess::livePids());
        if (m_isConverting)
            checkLease();
        else if (!m_job && m_batch.isEmpty() && m_workerId > 0 && !m_retry.isActive())
            claim();
    });
}

WorkerLoop::~WorkerLoop() = default;

void WorkerLoop::start()
{
    writeSlot(WorkerPhase::Starting);
    if (m_options.manager) {
        m_manager = std::make_unique<PidWatcher>(*m_options.manager);
        connect(m_manager.get(), &PidWatcher::ended, this, [this] {
            if (m_beatThread)
                m_beatThread->setManagerGone();
            managerGone();
        });
    }
    registerWorker();
}

void WorkerLoop::managerGone()
{
    if (!m_options.detach)
        stop(QStringLiteral("the manager is gone"));
    else if (m_beats)
        m_beats->setHold(m_options.beatSlot, false); // nobody is left who would end a pause
}

void WorkerLoop::registerWorker()
{
    if (m_isStopping)
        return; // TERM came while the database was locked
    const Result<qint64> id = m_registry.registerWorker(m_options.type, m_options.executorId, m_options.executionMode);
    if (!id) {
        if (id.error().code == ErrorCode::WorkerDead)
            disowned();
        else if (id.error().code == ErrorCode::Busy)
            again(&WorkerLoop::registerWorker);
        else
            giveUp(ExitDatabase, id.error());
        return;
    }
    m_workerId = *id;
    startBeating();
    writeSlot(WorkerPhase::Idle);
    claim();
}

void WorkerLoop::startBeating()
{
    BeatThread::Manager manager;
    // The process is the better witness, where it can be seen.
    if (!m_options.manager) {
        manager.id = m_options.managerId;
        manager.gone = [this] { QMetaObject::invokeMethod(this, &WorkerLoop::managerGone, Qt::QueuedConnection); };
    }
    m_beatThread = std::make_unique<BeatThread>(m_beats.get(), m_options.beatSlot, m_options.databasePath, m_workerId, std::move(manager));
}

void WorkerLoop::stop(const QString &why)
{
    if (m_isStopping || m_isOver)
        return;
    if (m_options.logLevel <= LogLevel::Info)
        printLine(QStringLiteral("%1 stopping: %2").arg(m_clock.utcNow().toString(Qt::ISODate), why));
    m_isStopping = true;
    giveBack();
    if (!m_job)
        end();
    else
        writeSlot(WorkerPhase::Stopping);
}

void WorkerLoop::claim()
{
    if (m_isStopping) {
        end();
        return;
    }
    if (isHeld()) {
        rest();
        return;
    }
    const Result<QList<Job>> jobs = m_queue.claim(m_workerId, m_options.type, batchSize(m_average));
    if (!jobs) {
        if (jobs.error().code == ErrorCode::WorkerDead)
            disowned();
        else if (isTransient(jobs.error()))
            again(&WorkerLoop::claim);
        else
            giveUp(ExitDatabase, jobs.error());
        return;
    }
    if (jobs->isEmpty()) {
        becomeIdle();
        return;
    }
    m_hold.stop();
    m_isIdleStored = false;
    m_commits.wasFruitful();
    m_commits.setEager(false);
    m_batch = *jobs;
    beginNext();
}

void WorkerLoop::becomeIdle()
{
    if (!m_isIdleStored) {
        const Status idle = m_registry.setIdle(m_workerId);
        if (!idle && idle.error().code == ErrorCode::WorkerDead) {
            disowned();
            return;
        }
        if (!idle && isTransient(idle.error())) {
            again(&WorkerLoop::claim); // and something may wait by then
            return;
        }
        if (!idle) {
            giveUp(ExitDatabase, idle.error());
            return;
        }
        m_isIdleStored = true;
        writeSlot(WorkerPhase::Idle);
        m_commits.setEager(true);
        return;
    }
    m_commits.setEager(true);
    m_commits.wasFruitless();
}

bool WorkerLoop::isHeld() const
{
    return m_beats && m_beats->isHeld(m_options.beatSlot);
}

/// Its pool is paused: what has not begun goes back at once, and nothing is claimed until the pool goes on.
void WorkerLoop::rest()
{
    if (m_isStopping)
        return;
    while (!m_batch.isEmpty()) {
        const Status given = m_queue.giveBack(m_batch.constFirst().lease());
        if (!given && isTransient(given.error())) {
            again(&WorkerLoop::rest);
            return;
        }
        m_batch.removeFirst();
    }
    m_hold.start(holdPause);
    becomeIdle();
}

/// Somebody says we are dead: not ours to argue with, but to be told as what it is.
void WorkerLoop::disowned()
{
    printLine(QStringLiteral("lifeguard-worker: another program marked this worker dead in the database, or deleted its row; it ends"));
    m_exitCode = ExitDisowned;
    end();
}

void WorkerLoop::beginNext()
{
    if (m_isStopping) {
        giveBack();
        end();
        return;
    }
    if (isHeld()) { // looked at once: going on in between must not make a claim of what has a batch still
        rest();
        return;
    }
    if (m_batch.isEmpty()) {
        claim();
        return;
    }
    m_job = m_batch.takeFirst();
    m_localJob = *m_job;
    m_localJob.inputFile = m_paths.toLocal(m_job->inputFile);
    m_localJob.outputFile = m_paths.toLocal(m_job->outputFile);
    m_output = {};
    m_abort = Abort::None;
    m_failure.reset();
    m_fromCache = false;
    m_isCommitted = false;
    m_startedAt = m_clock.steadyNow();
    writeSlot(WorkerPhase::Working); // before anything of the job: if it kills us, it is known which one it was
    begin();
}

void WorkerLoop::begin()
{
    const auto fail = [this](const Error &error) {
        m_failure = error;
        settle();
    };
    const Result<OutputPath> output = outputPathOf(m_localJob, m_options.workspace);
    if (!output) {
        fail(output.error());
        return;
    }
    m_output = *output;
    const Result<std::optional<QJsonObject>> cached = m_cache.find(m_job->outputFile, m_job->contentHash);
    if (cached && *cached && !m_output.target.isEmpty() && matchesMetadata(m_output.target, **cached)) {
        m_fromCache = true;
        settle();
        return;
    }
    ConversionContext context;
    QJsonParseError parsed;
    context.payload = QJsonDocument::fromJson(m_job->payload, &parsed).object();
    if (!m_job->payload.trimmed().isEmpty() && parsed.error != QJsonParseError::NoError) {
        fail({ErrorCode::InvalidArgument, tr("The job's payload is no JSON: %1.").arg(parsed.errorString()), {}});
        return;
    }
    if (const std::optional<JobType> type = jobType(m_job->type); type && !type->inputSuffixes.isEmpty()) {
        Result<QByteArray> data = inputOf(m_localJob, context.payload);
        if (!data) {
            fail(data.error());
            return;
        }
        context.data = std::move(*data);
    }
    if (const Status prepared = prepareOutput(m_localJob, m_output, m_options.workspace); !prepared) {
        fail(prepared.error());
        return;
    }
    context.workspace = m_options.workspace;
    context.format = m_output.format;
    context.outputFile = m_output.temporary;
    m_isConverting = true;
    m_limit.start(m_options.maxJobTime);
    m_converter->convert(m_localJob, context);
}

void WorkerLoop::checkLease()
{
    const Result<bool> holds = m_queue.holds(m_job->lease());
    if (holds && !*holds && m_abort == Abort::None) {
        m_abort = Abort::LeaseLost;
        m_converter->cancel();
    }
}

void WorkerLoop::endJob(const Result<Conversion> &result)
{
    m_isConverting = false;
    m_limit.stop();
    reapOrphans(ToolProcess::livePids());
    if (m_abort == Abort::TooLong) {
        const QString limit = tr("took longer than max_job_time (%1 s); the tool was stopped").arg(m_options.maxJobTime.count());
        m_failure = Error{ErrorCode::TimedOut, m_stoppedAt.isEmpty() ? limit : tr("%1 in %2").arg(limit, m_stoppedAt),
                          result ? QString() : result.error().detail};
    } else if (!result) {
        m_failure = result.error();
    } else if (result->wroteOutput && QFileInfo(m_output.temporary).size() == 0) {
        m_failure = Error{ErrorCode::ToolFailed, tr("The output is empty."), {}};
    }
    settle();
}

void WorkerLoop::settle()
{
    if (m_abort != Abort::LeaseLost) {
        const Status settled = settleOnce();
        if (!settled && isTransient(settled.error())) {
            again(&WorkerLoop::settle);
            return;
        }
        if (!settled && settled.error().code != ErrorCode::LeaseLost) {
            giveUp(ExitDatabase, settled.error());
            return;
        }
        if (!settled)
            m_abort = Abort::LeaseLost;
    }
    if (m_abort == Abort::LeaseLost)
        logJob(QStringLiteral("dropped: cancelled, or somebody else's by now"));
    nextAfterJob();
}

Status WorkerLoop::settleOnce()
{
    const double took = double((m_clock.steadyNow() - m_startedAt).count()) / 1000.0;
    const Lease lease = m_job->lease();
    // The lease, the output's place and the acknowledgement in one: a worker that was stopped for long must not come between the
    // one that has its job by now and what that one made.
    const Status settled = m_db->transaction([&]() -> Status {
        if (!m_failure && !m_fromCache && !m_output.target.isEmpty() && !m_isCommitted && QFile::exists(m_output.temporary)) {
            const Result<bool> holds = m_queue.holds(lease);
            if (!holds)
                return failure(holds.error());
            if (!*holds)
                return failure(ErrorCode::LeaseLost, {});
            if (const Status committed = commitOutput(m_output); !committed)
                m_failure = committed.error();
            m_isCommitted = !m_failure;
        }
        if (m_failure)
            return m_queue.fail(lease, m_paths.textToHost(m_failure->message), m_paths.textToHost(m_failure->detail), took);
        return m_queue.acknowledge(lease, took);
    });
    if (!settled)
        return settled;
    if (m_failure)
        logJob(QStringLiteral("FAILED: ") + m_paths.textToHost(m_failure->message));
    else
        logJob(m_fromCache ? QStringLiteral("unchanged") : QStringLiteral("%1 s").arg(took, 0, 'f', 3));
    m_average = m_average < 0 ? took : 0.8 * m_average + 0.2 * took;
    if (m_isCommitted && !m_job->contentHash.isEmpty()) {
        // The job is done whether or not this can be kept.
        const Status kept = m_cache.store(m_job->outputFile, m_job->contentHash, outputMetadata(m_output.target));
        if (!kept)
            qCWarning(lcWorker).noquote() << "the result is not cached:" << kept.error().message;
    }
    return {};
}

void WorkerLoop::nextAfterJob()
{
    removeTemporary();
    m_job.reset();
    // Through the event loop: TERM between two short jobs has to be seen.
    QMetaObject::invokeMethod(this, [this] {
        if (!m_isOver && !m_job)
            beginNext();
    }, Qt::QueuedConnection);
}

void WorkerLoop::giveBack()
{
    while (!m_batch.isEmpty()) {
        const Status given = m_queue.giveBack(m_batch.constFirst().lease());
        if (!given && isTransient(given.error()) && ++m_endTries < maxEndTries) {
            // Not again(): the job at work may be waiting for its own turn there.
            QTimer::singleShot(retryPause, this, &WorkerLoop::giveBack);
            return;
        }
        m_batch.removeFirst();
    }
    if (m_isStopping && !m_job && !m_isOver)
        end();
}

void WorkerLoop::end()
{
    if (m_isOver)
        return;
    m_isStopping = true;
    if (!m_batch.isEmpty()) {
        giveBack(); // comes back here
        return;
    }
    if (!m_isClosed) {
        if (std::exchange(m_isClosing, true))
            return;
        connect(m_converter.get(), &Converter::closed, this, [this] {
            m_isClosed = true;
            end();
        });
        m_converter->close();
        return;
    }
    if (m_workerId > 0) {
        const Status dead = m_registry.setDead(m_workerId);
        if (!dead && isTransient(dead.error()) && ++m_endTries < maxEndTries) {
            again(&WorkerLoop::end);
            return;
        }
    }
    m_isOver = true;
    m_beatThread.reset();
    writeSlot(WorkerPhase::Ended);
    Q_EMIT finished(m_exitCode);
}

void WorkerLoop::giveUp(int exitCode, const Error &error)
{
    if (m_isOver)
        return;
    m_isOver = true;
    printLine(QStringLiteral("lifeguard-worker: ") + error.message);
    if (!error.detail.isEmpty())
        qCWarning(lcWorker).noquote() << error.detail;
    removeTemporary();
    m_beatThread.reset();
    Q_EMIT finished(exitCode);
}

void WorkerLoop::again(void (WorkerLoop::*step)())
{
    m_retry.disconnect(this);
    connect(&m_retry, &QTimer::timeout, this, step);
    m_retry.start(retryPause);
}

void WorkerLoop::writeSlot(WorkerPhase phase)
{
    if (!m_beats)
        return;
    Beat beat;
    beat.phase = phase;
    beat.workerId = m_workerId;
    if (m_job) {
        beat.jobId = m_job->id;
        beat.attempt = m_job->attempts;
        beat.jobStartedAt = m_startedAt;
    }
    m_beats->write(m_options.beatSlot, beat);
}

void WorkerLoop::removeTemporary()
{
    if (!m_output.temporary.isEmpty())
        QFile::remove(m_output.temporary);
}

void WorkerLoop::logJob(const QString &outcome) const
{
    const bool isFailure = m_failure.has_value();
    if (m_options.logLevel > (isFailure ? LogLevel::Error : LogLevel::Info))
        return;
    const QDir workspace(m_options.workspace);
    const QString files = m_output.target.isEmpty() ? QString()
                                                    : QStringLiteral(" %1 -> %2").arg(workspace.relativeFilePath(m_localJob.inputFile),
                                                                                      workspace.relativeFilePath(m_output.target));
    printLine(QStringLiteral("%1 job %2%3: %4").arg(m_clock.utcNow().toString(Qt::ISODateWithMs)).arg(m_job->id).arg(files, outcome));
}

} // namespace lifeguard
