// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metricstext.h"

#include "core/config/jobtypes.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <sstream>

namespace lifeguard {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(const char *name, const char *help, MetricType type)
{
    MetricFamily result;
    result.name = name;
    result.help = help;
    result.type = type;
    return result;
}

void addGauge(MetricFamily &family, Labels labels, double value)
{
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
}

void addCounter(MetricFamily &family, Labels labels, qint64 value)
{
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = double(value);
    family.metric.push_back(std::move(metric));
}

void addHistogram(MetricFamily &family, Labels labels, const DurationHistogram &durations)
{
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < durations.bounds.size(); ++i) {
        cumulative += std::uint64_t(durations.jobs[i]);
        const bool isLast = i + 1 == durations.bounds.size();
        metric.histogram.bucket.push_back(
            {cumulative, isLast ? std::numeric_limits<double>::infinity() : double(durations.bounds[i]) / 1000});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = durations.seconds;
    family.metric.push_back(std::move(metric));
}

ClientMetric::Label label(const char *name, const QString &value)
{
    return {name, value.toStdString()};
}

/// Names the types of jobs in labels.
class TypeLabels
{
public:
    explicit TypeLabels(const MetricsFacts &facts)
    {
        for (const JobType &type : jobTypes()) // they have metrics from the beginning
            m_names << type.name;
        QStringList others = facts.snapshot.counts.keys() + facts.totals.keys();
        std::sort(others.begin(), others.end());
        for (const QString &type : std::as_const(others)) {
            if (m_names.size() < maxTypesInMetrics && !m_names.contains(type))
                m_names << type;
        }
        if (std::any_of(others.cbegin(), others.cend(),
                        [this](const QString &type) { return !m_names.contains(type); }))
            m_names << QStringLiteral("other");
    }

    [[nodiscard]] const QStringList &names() const { return m_names; }
    [[nodiscard]] QString of(const QString &type) const
    {
        return m_names.contains(type) ? type : QStringLiteral("other");
    }

private:
    QStringList m_names;
};

void add(DurationHistogram &sum, const DurationHistogram &more)
{
    for (std::size_t i = 0; i < sum.jobs.size(); ++i)
        sum.jobs[i] += more.jobs[i];
    sum.seconds += more.seconds;
}

QHash<QString, JobTotals> totalsByLabel(const MetricsFacts &facts, const TypeLabels &types)
{
    QHash<QString, JobTotals> sums;
    for (auto type = facts.totals.cbegin(); type != facts.totals.cend(); ++type) {
        JobTotals &sum = sums[types.of(type.key())];
        sum.completed += type->completed;
        sum.failed += type->failed;
        sum.cancelled += type->cancelled;
        sum.returned += type->returned;
        add(sum.duration, type->duration);
        add(sum.waited, type->waited);
    }
    return sums;
}

std::vector<MetricFamily> jobFamilies(const MetricsFacts &facts)
{
    const TypeLabels types(facts);
    QHash<QString, JobCounts> counts;
    for (auto type = facts.snapshot.counts.cbegin(); type != facts.snapshot.counts.cend(); ++type)
        counts[types.of(type.key())] += *type;
    const QHash<QString, JobTotals> totals = totalsByLabel(facts, types);

    MetricFamily jobs = family("lifeguard_jobs", "Number of jobs in the database.", MetricType::Gauge);
    MetricFamily oldest = family("lifeguard_oldest_pending_job_age_seconds",
                                 "Time since the oldest pending job was added; 0 if no job is pending.",
                                 MetricType::Gauge);
    MetricFamily completed = family("lifeguard_jobs_completed_total",
                                    "Number of times that a job was completed, since the database began to count.",
                                    MetricType::Counter);
    MetricFamily failed = family("lifeguard_jobs_failed_total",
                                 "Number of times that a job failed for good, since the database began to count.",
                                 MetricType::Counter);
    MetricFamily cancelled = family("lifeguard_jobs_cancelled_total",
                                    "Number of times that a job was cancelled, since the database began to count.",
                                    MetricType::Counter);
    MetricFamily returned = family("lifeguard_jobs_returned_total",
                                   "Number of times that a job went back to the queue after it had begun, since the "
                                   "database began to count.",
                                   MetricType::Counter);
    MetricFamily duration = family("lifeguard_job_duration_seconds",
                                   "Time from the start to the end of the last attempt of completed and failed jobs.",
                                   MetricType::Histogram);
    MetricFamily waited = family("lifeguard_job_waiting_seconds",
                                 "Time from adding a job to its first start, of jobs that have ended.",
                                 MetricType::Histogram);
    for (const QString &type : types.names()) {
        JobCounts ofType = counts.value(type);
        for (const JobStatus status :
             {JobStatus::Pending, JobStatus::Processing, JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled})
            addGauge(jobs, {label("state", toString(status)), label("type", type)}, double(ofType.of(status)));
        const qint64 age = ofType.oldestPending.isValid() ? ofType.oldestPending.msecsTo(facts.now) : 0;
        addGauge(oldest, {label("type", type)}, double(std::max<qint64>(age, 0)) / 1000);
        const JobTotals sums = totals.value(type);
        addCounter(completed, {label("type", type)}, sums.completed);
        addCounter(failed, {label("type", type)}, sums.failed);
        addCounter(cancelled, {label("type", type)}, sums.cancelled);
        addCounter(returned, {label("type", type)}, sums.returned);
        addHistogram(duration, {label("type", type)}, sums.duration);
        addHistogram(waited, {label("type", type)}, sums.waited);
    }
    return {jobs, oldest, completed, failed, cancelled, returned, duration, waited};
}

std::vector<MetricFamily> workerFamilies(const MetricsFacts &facts)
{
    QStringList types;
    QStringList pools;
    for (const PoolInfo &pool : facts.pools) {
        if (!types.contains(pool.config.type))
            types << pool.config.type;
    }
    QHash<std::pair<QString, int>, int> numbers; // by type and state
    for (const WorkerInfo &worker : facts.workers) {
        if (!worker.own)
            continue;
        ++numbers[{worker.type, int(worker.state)}];
        if (!types.contains(worker.type))
            types << worker.type;
    }
    for (auto type = facts.restarts.keyBegin(); type != facts.restarts.keyEnd(); ++type) {
        if (!types.contains(*type))
            types << *type;
    }
    MetricFamily workers = family("lifeguard_workers", "Number of living workers of this manager.", MetricType::Gauge);
    MetricFamily failures = family("lifeguard_worker_failures_total",
                                   "Number of workers of this manager that ended without being asked to.",
                                   MetricType::Counter);
    MetricFamily restarts = family("lifeguard_worker_restarts_total",
                                   "Number of workers that this manager started in place of failed ones.",
                                   MetricType::Counter);
    for (const QString &type : std::as_const(types)) {
        for (const WorkerState state : {WorkerState::Starting, WorkerState::Idle, WorkerState::Busy,
                                        WorkerState::Suspect, WorkerState::Hung, WorkerState::Stopping})
            addGauge(workers, {label("state", toString(state)), label("type", type)},
                     numbers.value({type, int(state)}));
        const RestartCounter::Counts counts = facts.restarts.value(type);
        addCounter(failures, {label("type", type)}, counts.failures);
        addCounter(restarts, {label("type", type)}, counts.restarts);
    }
    MetricFamily wanted = family("lifeguard_pool_target_workers", "Number of workers that the pool is to have.",
                                 MetricType::Gauge);
    MetricFamily state = family("lifeguard_pool_state", "1 for the present state of the pool, 0 for the others.",
                                MetricType::Gauge);
    for (const PoolInfo &pool : facts.pools) {
        const Labels labels{label("pool", pool.name), label("type", pool.config.type)};
        addGauge(wanted, labels, pool.config.count);
        for (const PoolState one : {PoolState::Starting, PoolState::Running, PoolState::Paused, PoolState::Stopping,
                                    PoolState::Stopped, PoolState::CrashLooping}) {
            Labels withState = labels;
            withState.insert(withState.begin() + 1, label("state", toString(one)));
            addGauge(state, withState, pool.state == one ? 1 : 0);
        }
    }
    return {workers, failures, restarts, wanted, state};
}

std::vector<MetricFamily> programFamilies(const MetricsFacts &facts)
{
    MetricFamily size = family("lifeguard_database_size_bytes", "Size of the database file and its write-ahead log.",
                               MetricType::Gauge);
    addGauge(size, {}, double(facts.databaseBytes));
    MetricFamily locked = family("lifeguard_database_locked",
                                 "1 while another program keeps the database locked, otherwise 0.", MetricType::Gauge);
    addGauge(locked, {}, facts.isLocked ? 1 : 0);
    MetricFamily read = family("lifeguard_last_snapshot_timestamp_seconds",
                               "Unix time at which the job counts were last read. They are read after each change.",
                               MetricType::Gauge);
    addGauge(read, {}, double(facts.snapshot.readAt.isValid() ? facts.snapshot.readAt.toMSecsSinceEpoch() : 0) / 1000);
    MetricFamily start = family("lifeguard_start_time_seconds", "Unix time at which the manager was started.",
                                MetricType::Gauge);
    addGauge(start, {}, double(facts.startedAt.toMSecsSinceEpoch()) / 1000);
    MetricFamily build = family("lifeguard_build_info", "Always 1; the labels describe the program.",
                                MetricType::Gauge);
    addGauge(build,
             {label("qt_version", QString::fromLatin1(qVersion())),
              label("version", QStringLiteral(LIFEGUARD_VERSION))},
             1);
    return {size, locked, read, start, build};
}

std::vector<MetricFamily> allFamilies(const MetricsFacts &facts)
{
    std::vector<MetricFamily> families = jobFamilies(facts);
    for (std::vector<MetricFamily> more : {workerFamilies(facts), programFamilies(facts)})
        std::move(more.begin(), more.end(), std::back_inserter(families));
    return families;
}

} // namespace

QByteArray metricsText(const MetricsFacts &facts)
{
    std::vector<MetricFamily> families = allFamilies(facts);
    std::erase_if(families, [](const MetricFamily &family) { return family.metric.empty(); });
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return QByteArray::fromStdString(text.str());
}

QStringList metricNames()
{
    QStringList names;
    for (const MetricFamily &family : allFamilies({}))
        names << QString::fromStdString(family.name);
    return names;
}

} // namespace lifeguard
