// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/diagnosisrequests.h"

#include "core/base/timestamp.h"
#include "core/model/durationtext.h"
#include "core/pool/workerinfobuilder.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr int eventsShown = 15;
constexpr int jobsShown = 10;

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
    const Values values{{QStringLiteral("worker_id"), workerId}, {QStringLiteral("limit"), jobsShown}};
    const Status read = database.run("jobs_last_of_worker", values, [&jobs](const QSqlQuery &row) {
        const QString file = QFileInfo(row.value(5).toString()).fileName();
        jobs.append(tr("%1  job %2  %3, attempt %4  %5")
                        .arg(localTime(fromSqlTime(row.value(4).toString())), row.value(0).toString(),
                             row.value(2).toString(), row.value(3).toString(),
                             file.isEmpty() ? row.value(1).toString() : file));
    });
    if (!read)
        return tl::unexpected(read.error());
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
        return failure(ErrorCode::InvalidArgument, tr("Several workers are named '%1': %2. Give one of these ids.")
                                                       .arg(word, ids.join(QStringLiteral(", "))));
    }
    if (lastEnded)
        return *lastEnded;
    return failure(ErrorCode::NotFound,
                   tr("There is no worker '%1'. `lifeguardctl workers --all` lists them.").arg(word));
}

Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock, const WorkerRow &row)
{
    StoreSnapshot snapshot;
    const auto running = JobQueue(database, clock).running();
    if (!running)
        return tl::unexpected(running.error());
    snapshot.running = *running;
    DiagnosisRequest request;
    WorkerInfo &worker = request.worker;
    worker = viewOf(row, snapshot, clock.utcNow());
    request.judgedByBeat = false;
    const bool knowsOurs = database.hasTable(QStringLiteral("lifeguard_workers"));
    if (knowsOurs) {
        const auto owned = WorkerRegistry(database, clock).owned();
        if (!owned)
            return tl::unexpected(owned.error());
        const auto found = std::find_if(owned->cbegin(), owned->cend(),
                                        [&row](const OwnedWorker &each) { return each.executorId == row.executorId; });
        if (found != owned->cend()) {
            request.process = found->process;
            request.judgedByBeat = found->beatSlot >= 0;
        }
    }
    // Nobody writes "suspect" into the database: it follows from the beat.
    const bool atWork = worker.state == WorkerState::Busy;
    if ((atWork || worker.state == WorkerState::Idle) && (request.judgedByBeat || !atWork) && worker.beatAge
        && *worker.beatAge > worker.staleAfter) {
        worker.state = WorkerState::Suspect;
        worker.reason = tr("no beat for %1").arg(durationText(*worker.beatAge));
    }
    if (database.hasTable(QStringLiteral("lifeguard_events"))) {
        const auto events = EventLog(database, clock).list(eventsShown, row.executorId);
        if (!events)
            return tl::unexpected(events.error());
        for (const Event &event : *events)
            request.events.prepend(localTime(event.at) + QStringLiteral("  ") + event.message.translatedText());
    }
    if (!worker.isAlive() && row.id > 0) {
        const auto jobs = lastJobsOf(database, row.id);
        if (!jobs)
            return tl::unexpected(jobs.error());
        request.jobs = *jobs;
    }
    return request;
}

Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock, const QString &executorId)
{
    const auto workers = WorkerRegistry(database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
    if (!workers)
        return tl::unexpected(workers.error());
    for (const WorkerRow &worker : *workers) {
        if (worker.executorId == executorId)
            return diagnosisRequestOf(database, clock, worker);
    }
    return failure(ErrorCode::NotFound, tr("The database has no row of that worker any more."));
}

} // namespace lifeguard
