// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runprinter.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/jsonvalue.h"
#include "app/ctl/text.h"
#include "core/base/terminaltext.h"
#include "core/base/timestamp.h"
#include "core/config/containerprotections.h"
#include "core/tools/missingtools.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonDocument>

namespace lifeguard::ctl {

namespace {

constexpr int maxMessageWidth = 400; ///< columns; JSON output contains the whole text
constexpr qint64 progressIntervalMs = 1000; ///< limits frequent lines, which would hide all other lines

bool isDue(const QElapsedTimer &sinceLast)
{
    return !sinceLast.isValid() || sinceLast.elapsed() >= progressIntervalMs;
}

QJsonObject fieldsOf(const PoolInfo &pool)
{
    QJsonObject fields{{QStringLiteral("pool"), pool.name},
                       {QStringLiteral("state"), toString(pool.state)},
                       {QStringLiteral("reason"), pool.reason},
                       {QStringLiteral("mode"), pool.mode},
                       {QStringLiteral("mode_reason"), pool.modeReason}};
    if (pool.mode == toString(ExecutionMode::Docker)) {
        for (const ContainerProtection &protection : containerProtections)
            fields.insert(QLatin1String(protection.key), pool.config.*protection.isGivenUp);
    }
    return fields;
}

} // namespace

RunPrinter::RunPrinter(bool json) : m_json(json)
{
    if (m_json) {
        printLine(QStringLiteral("["));
    }
}

RunPrinter::~RunPrinter()
{
    if (m_json) {
        printLine(QStringLiteral("]"));
    }
}

void RunPrinter::printPools(const QList<PoolInfo> &pools)
{
    for (const PoolInfo &pool : pools) {
        if (!pool.mode.isEmpty()) {
            printModeOf(pool);
            printMissingToolsOf(pool);
        }
        printStateOf(pool);
    }
}

void RunPrinter::printModeOf(const PoolInfo &pool)
{
    if (pool.modeReason.isEmpty() || m_modeReasons.value(pool.name) == pool.modeReason) {
        return;
    }
    m_modeReasons.insert(pool.name, pool.modeReason);
    //: %2 is a mode with its reason: "direct: Docker is not installed"
    print(QStringLiteral("pool_mode"), Text::tr("pool %1 runs in mode %2").arg(pool.name, pool.modeReason), {},
          fieldsOf(pool));
}

void RunPrinter::printMissingToolsOf(const PoolInfo &pool)
{
    if (m_checkedTools.contains(pool.name)) {
        return;
    }
    m_checkedTools.insert(pool.name);
    // Containers and commands of the user do not need the tools of this machine.
    if (pool.mode != toString(ExecutionMode::Direct) || !pool.config.command.isEmpty()) {
        return;
    }
    if (const QString missing = missingTools(pool.config.type); !missing.isEmpty()) {
        print(QStringLiteral("tool_missing"), pool.config.type, missing);
    }
}

void RunPrinter::printStateOf(const PoolInfo &pool)
{
    const auto printed = m_poolStates.constFind(pool.name);
    if (printed == m_poolStates.cend() || *printed != pool.state) {
        m_poolStates.insert(pool.name, pool.state);
        print(QStringLiteral("pool_state"), Text::tr("pool %1 is %2").arg(pool.name, toString(pool.state)), pool.reason,
              fieldsOf(pool));
        return;
    }
    // The reason shows the progress of pulling an image, which can take minutes.
    const bool isWaiting = pool.mode.isEmpty() && pool.state == PoolState::Starting && !pool.reason.isEmpty();
    if (isWaiting && m_waitReasons.value(pool.name) != pool.reason && isDue(m_sinceWaitReason)) {
        m_waitReasons.insert(pool.name, pool.reason);
        m_sinceWaitReason.start();
        print(QStringLiteral("pool_waits"), Text::tr("pool %1 is waiting").arg(pool.name), pool.reason, fieldsOf(pool));
    }
}

void RunPrinter::printWorkers(const QList<WorkerInfo> &workers)
{
    QSet<QString> listed;
    for (const WorkerInfo &worker : workers) {
        listed.insert(worker.executorId);
    }
    m_workerStates.removeIf([&listed](const auto &entry) { return !listed.contains(entry.key()); });
    for (const WorkerInfo &worker : workers) {
        if (!worker.own) {
            continue;
        }
        const QString state = toString(worker.state);
        const bool isBusy = worker.state == WorkerState::Busy;
        const QString key = isBusy ? QString(state + QString::number(worker.jobId)) : state;
        if (m_workerStates.value(worker.executorId) == key) {
            continue;
        }
        m_workerStates.insert(worker.executorId, key);
        print(QStringLiteral("worker_state"), Text::tr("%1 is %2").arg(worker.name(), state),
              isBusy ? worker.jobName : worker.reason,
              {{QStringLiteral("container_id"), worker.executorId},
               {QStringLiteral("worker_type"), worker.type},
               {QStringLiteral("mode"), worker.mode},
               {QStringLiteral("image"), worker.image},
               {QStringLiteral("worker_id"), worker.workerId},
               {QStringLiteral("state"), state},
               {QStringLiteral("job_id"), worker.jobId},
               {QStringLiteral("reason"), worker.reason}});
    }
}

void RunPrinter::printEvent(const Event &event)
{
    if (isPoolEvent(event.kind) || isWorkerEvent(event.kind)) {
        return;
    }
    print(event.kindName(), event.kindName(), m_json ? event.message.englishText() : event.message.translatedText(),
          {{QStringLiteral("pool"), event.pool},
           {QStringLiteral("executor_id"), event.executorId},
           {QStringLiteral("worker_id"), event.workerId},
           {QStringLiteral("job_id"), event.jobId},
           {QStringLiteral("code"), messageCode(event.message)},
           {QStringLiteral("parameters"), messageParameters(event.message)}});
}

void RunPrinter::printProgress(const JobCounts &counts, bool isFinal)
{
    const QString progress = Text::tr("%1 waiting, %2 running, %3 completed, %4 failed")
                                 .arg(counts.pending)
                                 .arg(counts.processing)
                                 .arg(counts.completed)
                                 .arg(counts.failed);
    if (progress == m_progress || !(isFinal || isDue(m_sinceProgress))) {
        return;
    }
    m_progress = progress;
    m_sinceProgress.start();
    print(QStringLiteral("jobs"), Text::tr("jobs"), progress,
          {{QStringLiteral("pending"), counts.pending},
           {QStringLiteral("processing"), counts.processing},
           {QStringLiteral("completed"), counts.completed},
           {QStringLiteral("failed"), counts.failed}});
}

void RunPrinter::printFailedJob(const Job &job)
{
    const QString error = errorSummary(job.error);
    print(QStringLiteral("job_failed"), Text::tr("job %1 failed").arg(job.id),
          job.inputFile.isEmpty() ? error : QString(jobName(job) + QStringLiteral(": ") + error),
          {{QStringLiteral("job_id"), job.id}});
}

void RunPrinter::printNote(const JobNote &note)
{
    const QString name = QFileInfo(note.inputFile).fileName();
    print(QStringLiteral("job_note"), Text::tr("job %1: note").arg(note.jobId),
          name.isEmpty() ? note.text : QString(name + QStringLiteral(": ") + note.text),
          {{QStringLiteral("job_id"), note.jobId}});
}

void RunPrinter::printCachedJobs(qint64 jobs)
{
    print(QStringLiteral("jobs_cached"),
          Text::tr("%n job(s) not converted again: the outputs are up to date", nullptr, int(jobs)), {},
          {{QStringLiteral("jobs"), jobs}});
}

void RunPrinter::printStuckJob(const Job &job)
{
    print(QStringLiteral("job_stuck"), Text::tr("job %1 is still waiting").arg(job.id),
          job.inputFile.isEmpty() ? job.type : job.inputFile, {{QStringLiteral("job_id"), job.id}});
}

void RunPrinter::printUnhandledType(const QString &type, qint64 pending)
{
    print(QStringLiteral("type_unhandled"),
          Text::tr("%n waiting job(s) of type %1: no pool of this type was started", nullptr, int(pending)).arg(type),
          {}, {{QStringLiteral("job_type"), type}, {QStringLiteral("pending"), pending}});
}

void RunPrinter::printMetricsAddress(const QString &address)
{
    print(QStringLiteral("metrics"), Text::tr("metrics"), Text::tr("served at http://%1/metrics").arg(address),
          {{QStringLiteral("address"), address}});
}

void RunPrinter::printReadError(const Error &error)
{
    print(QStringLiteral("database_error"), Text::tr("database"), error.message);
}

void RunPrinter::printWriteError(const Error &error)
{
    print(QStringLiteral("database_error"), Text::tr("database"),
          Text::tr("%1 Lifeguard retries until it succeeds.").arg(error.message));
}

void RunPrinter::printLocked(bool locked, const QString &text)
{
    print(QStringLiteral("database_locked"), Text::tr("database"), locked ? text : Text::tr("no longer locked"));
}

void RunPrinter::printEnding(bool live, const QString &reason)
{
    print(QStringLiteral("stopping"), live ? Text::tr("stopping the workers") : Text::tr("ending"), reason);
}

void RunPrinter::printKilling(const QString &reason)
{
    print(QStringLiteral("killing"), Text::tr("killing the workers"), reason);
}

void RunPrinter::print(const QString &kind, const QString &subject, const QString &detail, const QJsonObject &fields)
{
    const QString message = detail.isEmpty() ? subject : QString(subject + QStringLiteral(": ") + detail);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (m_json) {
        QJsonObject object = fields;
        object.insert(QStringLiteral("created_at"), toSqlTime(now));
        object.insert(QStringLiteral("kind"), kind);
        object.insert(QStringLiteral("message"), message);
        // A comma precedes every object but the first, so that the array can be closed after any object.
        printLine((m_first ? QString() : QStringLiteral(","))
                  + QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
        m_first = false;
    } else {
        // One line per message: line breaks become spaces, so that they are not escaped.
        printLine(now.toLocalTime().toString(QStringLiteral("HH:mm:ss.zzz  "))
                  + terminalRow(QString(message).replace(QLatin1Char('\n'), QLatin1Char(' ')), maxMessageWidth));
    }
    if (isOutputClosed() && m_onClosed) {
        std::exchange(m_onClosed, nullptr)();
    }
}

} // namespace lifeguard::ctl
