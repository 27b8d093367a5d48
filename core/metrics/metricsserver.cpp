// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metricsserver.h"

#include "core/base/futurecallbacks.h"
#include "core/session/managersession.h"
#include "core/store/jobtotalsreader.h"

#include <QFileInfo>

#include <utility>

namespace lifeguard {
namespace {

struct Reading
{
    JobTotalsByType totals;
    qint64 databaseBytes = 0;
};

/// Called on a thread of the store, because asking for a size can take long on a network share.
Result<Reading> readFacts(Database &database)
{
    Result<JobTotalsByType> totals = JobTotalsReader(database).read();
    if (!totals)
        return failure(totals.error());
    const QString path = database.info().path;
    return Reading{std::move(*totals), QFileInfo(path).size() + QFileInfo(path + QStringLiteral("-wal")).size()};
}

} // namespace

MetricsServer::MetricsServer(ManagerSession &session, QObject *parent) : QObject(parent), m_session(session)
{
    m_facts.startedAt = QDateTime::currentDateTimeUtc();
    connect(&session, &ManagerSession::snapshotRead, this, &MetricsServer::onSnapshot);
    connect(&session, &ManagerSession::workersChanged, this,
            [this](const QList<WorkerInfo> &workers) { m_facts.workers = workers; });
    connect(&session, &ManagerSession::poolsChanged, this,
            [this](const QList<PoolInfo> &pools) { m_facts.pools = pools; });
    connect(&session, &ManagerSession::eventHappened, this, [this](const Event &event) { m_restarts.add(event); });
    connect(&session, &ManagerSession::readFailed, this, [this] { m_cannotRead = true; });
    connect(&session, &ManagerSession::writeFailed, this, [this] { m_cannotWrite = true; });
    connect(&session, &ManagerSession::lockedChanged, this, [this](bool isLocked) {
        if (isLocked && !m_sinceLocked.isValid())
            m_sinceLocked.start();
        else if (!isLocked)
            m_sinceLocked.invalidate();
    });

    HttpRouter &router = m_server.router();
    router.add("GET", QStringLiteral("/metrics"), [this](const HttpRequest &, const QByteArray &) {
        MetricsFacts facts = m_facts;
        facts.restarts = m_restarts.countsByType();
        facts.isLocked = m_sinceLocked.isValid();
        facts.now = QDateTime::currentDateTimeUtc();
        return HttpResponse{200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metricsText(facts)};
    });
    const auto answerReady = [this](const HttpRequest &, const QByteArray &) {
        const HealthReport report = health();
        return HttpResponse::json(report.isReady ? 200 : 503, report.toJson());
    };
    for (const char *path : {"/health", "/healthz", "/health/ready"})
        router.add("GET", QLatin1String(path), answerReady);
    router.add("GET", QStringLiteral("/health/live"), [this](const HttpRequest &, const QByteArray &) {
        const HealthReport report = health();
        return HttpResponse::json(report.isLive ? 200 : 503, report.toJson());
    });
}

Status MetricsServer::listen(const QString &address)
{
    const Result<HttpAddress> parsed = parseHttpAddress(address);
    return parsed ? listen(*parsed) : Status(failure(parsed.error()));
}

void MetricsServer::onSnapshot(const StoreSnapshot &snapshot)
{
    m_cannotRead = false;
    m_cannotWrite = false; // somebody has written; the manager writes every 5 s and reports another failure
    m_facts.snapshot = snapshot;
    m_areTotalsOld = true;
    readTotals();
}

void MetricsServer::readTotals()
{
    if (m_isReadingTotals || !m_areTotalsOld)
        return;
    m_isReadingTotals = true;
    m_areTotalsOld = false;
    whenFinished(m_session.store().read<Reading>(readFacts), this, [this](const Result<Reading> &reading) {
        m_isReadingTotals = false;
        if (!reading) {
            m_areTotalsOld = true; // read again after the next change
            return;
        }
        m_facts.totals = reading->totals;
        m_facts.databaseBytes = reading->databaseBytes;
        readTotals();
    });
}

HealthReport MetricsServer::health() const
{
    HealthFacts facts;
    facts.isReady = m_session.isReady();
    facts.hasFailed = m_session.hasFailed();
    facts.isDatabaseReplaced = m_session.isDatabaseReplaced();
    facts.isStopping = m_session.isStopping();
    facts.lockedFor = milliseconds(m_sinceLocked.isValid() ? m_sinceLocked.elapsed() : 0);
    facts.cannotRead = m_cannotRead;
    facts.cannotWrite = m_cannotWrite;
    facts.pools = m_facts.pools;
    return HealthReport::assess(facts);
}

} // namespace lifeguard
