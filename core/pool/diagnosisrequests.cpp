// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/diagnosisrequests.h"

#include "core/base/timestamp.h"
#include "core/model/durationtext.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workerinfobuilder.h"
#include "core/store/eventlog.h"
#include "core/store/jobreader.h"
#include "core/store/workerregistry.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr int shownEvents = 15;
constexpr int shownJobs = 10;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DiagnosisRequests", text);
}

bool hasEnded(const WorkerRow &worker)
{
    return worker.status == WorkerStatus::Dead || worker.endedAt.isValid();
}

QDateTime endOf(const WorkerRow &worker)
{
    return worker.endedAt.isValid() ? worker.endedAt : worker.lastHeartbeat;
}

QString localTime(const QDateTime &time)
{
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QStringLiteral("–");
}

Result<QStringList> lastJobsOf(Database &database, qint64 workerId)
{
    QStringList jobs;
    const Values values{{QStringLiteral("worker_id"), workerId}, {QStringLiteral("limit"), shownJobs}};
    const Status read = database.run("jobs_latest_of_worker", values, [&jobs](const QSqlQuery &row) {
        const QString file = QFileInfo(row.value(5).toString()).fileName();
        jobs.append(tr("%1  job %2  %3, attempt %4  %5")
                        .arg(localTime(fromSqlTime(row.value(4).toString())), row.value(0).toString(),
                             row.value(2).toString(), row.value(3).toString(),
                             file.isEmpty() ? row.value(1).toString() : file));
    });
    if (!read)
        return failure(read.error());
    return jobs;
}

} // namespace

Result<WorkerRow> resolveWorker(const QString &word, const QList<WorkerRow> &workers)
{
    bool isNumber = false;
    const qint64 id = word.toLongLong(&isNumber);
    QList<WorkerRow> living;
    const WorkerRow *lastEnded = nullptr;
    for (const WorkerRow &worker : workers) {
        if (worker.executorId == word)
            return worker;
    }
    for (const WorkerRow &worker : workers) {
        if (isNumber && id > 0 && worker.id == id)
            return worker;
        if (worker.pool.isEmpty() || worker.pool + u'-' + QString::number(worker.index) != word)
            continue;
        if (!hasEnded(worker))
            living.append(worker);
        else if (!lastEnded || endOf(*lastEnded) < endOf(worker))
            lastEnded = &worker;
    }
    if (living.size() == 1)
        return living.first();
    if (living.size() > 1) {
        QStringList ids;
        for (const WorkerRow &worker : std::as_const(living))
            ids.append(worker.executorId);
        return failure(ErrorCode::InvalidArgument, tr("Several workers are named '%1': %2. Use one of these ids.")
                                                       .arg(word, ids.join(QStringLiteral(", "))));
    }
    if (lastEnded)
        return *lastEnded;
    return failure(ErrorCode::NotFound,
                   tr("There is no worker '%1'. To list all workers, run `lifeguardctl workers --all`.").arg(word));
}

Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock, const WorkerRow &row)
{
    const auto running = JobReader(database).running();
    if (!running)
        return failure(running.error());
    StoreSnapshot snapshot;
    snapshot.running = *running;
    const SnapshotIndex index(snapshot);
    DiagnosisRequest request;
    WorkerInfo &worker = request.worker;
    worker = WorkerInfoBuilder(index, milliseconds(0), clock.utcNow()).build(row);
    request.judgedByBeat = false;
    if (database.hasTable(QStringLiteral("lifeguard_workers"))) {
        const auto owned = WorkerRegistry(database, clock).owned();
        if (!owned)
            return failure(owned.error());
        const auto found = std::find_if(owned->cbegin(), owned->cend(),
                                        [&row](const OwnedWorker &each) { return each.executorId == row.executorId; });
        if (found != owned->cend()) {
            request.process = found->process;
            request.judgedByBeat = found->beatSlot >= 0;
        }
    }
    // The database does not store the state suspect. It follows from the heartbeat.
    const bool isBusy = worker.state == WorkerState::Busy;
    const bool isJudgedByBeat = request.judgedByBeat || !isBusy;
    if ((isBusy || worker.state == WorkerState::Idle) && isJudgedByBeat && worker.beatAge
        && *worker.beatAge > worker.staleAfter) {
        worker.state = WorkerState::Suspect;
        worker.reason = Message("no_beat", {durationMessage(*worker.beatAge).asArgument()}).translatedText();
    }
    if (database.hasTable(QStringLiteral("lifeguard_events"))) {
        const auto events = EventLog(database, clock).list(shownEvents, row.executorId);
        if (!events)
            return failure(events.error());
        for (const Event &event : *events)
            request.events.prepend(localTime(event.at) + QStringLiteral("  ") + event.message.translatedText());
    }
    if (!worker.isAlive() && row.id > 0) {
        const auto jobs = lastJobsOf(database, row.id);
        if (!jobs)
            return failure(jobs.error());
        request.jobs = *jobs;
    }
    return request;
}

Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock, const QString &executorId)
{
    const auto workers = WorkerRegistry(database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
    if (!workers)
        return failure(workers.error());
    for (const WorkerRow &worker : *workers) {
        if (worker.executorId == executorId)
            return diagnosisRequestOf(database, clock, worker);
    }
    return failure(ErrorCode::NotFound, tr("The row of this worker was deleted from the database."));
}

} // namespace lifeguard
