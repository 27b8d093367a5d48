// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/restartcounter.h"
#include "core/model/jobtotals.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"

#include <QByteArray>
#include <QStringList>

namespace lifeguard {

/// The facts that metrics are made of. A value type.
struct MetricsFacts
{
    StoreSnapshot snapshot;
    JobTotalsByType totals;
    QList<WorkerInfo> workers; ///< only those of this manager are counted
    QList<PoolInfo> pools;
    QHash<QString, RestartCounter::Counts> restarts; ///< by type
    qint64 databaseBytes = 0; ///< the file and its write-ahead log
    bool isLocked = false;
    QDateTime startedAt; ///< of this program
    QDateTime now;
};

/// Returns the metrics as a text in the format of Prometheus 0.0.4, with the types of jobs as labels. If there are more
/// than maxTypesInMetrics types, those that come last in the alphabet are added up as the type "other", so that a
/// program that invents types cannot fill the memory of Prometheus.
[[nodiscard]] QByteArray metricsText(const MetricsFacts &facts);

/// Returns the names of all metrics, also of those that have no values yet.
[[nodiscard]] QStringList metricNames();

constexpr qsizetype maxTypesInMetrics = 50;

} // namespace lifeguard
