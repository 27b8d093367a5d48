// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httpserver.h"
#include "core/metrics/healthreport.h"
#include "core/metrics/metricstext.h"

#include <QElapsedTimer>

namespace lifeguard {

class ManagerSession;

/// Serves the metrics and the health of a session: GET /metrics, /health (also /healthz and /health/ready) and
/// /health/live. Answers come from what the session has published; no request reads the database, so that scraping
/// costs the same however large it is, and works while it is locked. Lives on the thread of the session.
class MetricsServer : public QObject
{
    Q_OBJECT

public:
    /// The session must outlive the server.
    explicit MetricsServer(ManagerSession &session, QObject *parent = nullptr);

    /// Begins to listen. The error is a sentence for the user.
    [[nodiscard]] Status listen(const HttpAddress &address) { return m_server.listen(address); }
    /// The same with an address as text, as in metrics.listen of a configuration.
    [[nodiscard]] Status listen(const QString &address);
    [[nodiscard]] HttpAddress address() const { return m_server.address(); }

private:
    void onSnapshot(const StoreSnapshot &snapshot);
    void readTotals();
    [[nodiscard]] HealthReport health() const;

    ManagerSession &m_session;
    MetricsFacts m_facts;
    RestartCounter m_restarts;
    QElapsedTimer m_sinceLocked; ///< valid while the database is locked
    bool m_cannotRead = false;
    bool m_cannotWrite = false;
    bool m_isReadingTotals = false;
    bool m_areTotalsOld = false; ///< the database has changed since the totals began to be read
    HttpServer m_server; ///< Declared last: its handlers use the members above.
};

} // namespace lifeguard
