// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/outcome.h"

#include "tests/support/queuetest.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

namespace lifeguard::chaos {
namespace {

constexpr int maxReported = 20; ///< of each kind of violation

void report(Outcome &outcome, const QString &text)
{
    if (outcome.violations.size() < 10 * maxReported)
        outcome.violations.append(text);
}

/// Reports each row that the query returns as a violation.
void expectNoRows(Outcome &outcome, test::RawSql &raw, const QString &description, const QString &sql)
{
    const QStringList rows = raw.column(sql);
    for (const QString &row : rows.mid(0, maxReported))
        report(outcome, description + QStringLiteral(": ") + row);
    if (rows.size() > maxReported)
        report(outcome, QStringLiteral("%1: %2 more").arg(description).arg(rows.size() - maxReported));
}

void checkQueue(test::RawSql &raw, const JobFeeder &feeder, Outcome &outcome)
{
    const auto number = [&raw](const char *sql) { return raw.value(QString::fromLatin1(sql)).toLongLong(); };
    outcome.completed = number("SELECT count(*) FROM jobs WHERE status = 'completed'") + feeder.carried().size();
    outcome.lost = feeder.jobCount() - outcome.completed;
    outcome.doneTwice = number(
        "SELECT count(*) FROM (SELECT job FROM chaos_log WHERE became = 'completed' GROUP BY job "
        "HAVING count(*) > 1)");
    outcome.repeatedJobs = number("SELECT count(DISTINCT job) FROM chaos_log WHERE (was = 'processing' AND became = "
                                  "'pending' AND max_became = max_was) "
                                  "OR (was = 'failed' AND became = 'pending')");
    outcome.returnedClaims = number(
        "SELECT count(*) FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was + 1");
    expectNoRows(outcome, raw, QStringLiteral("not completed"),
                 QStringLiteral("SELECT 'job ' || id || ' is ' || status || ', attempts ' || attempts || coalesce(': ' "
                                "|| error, '') FROM jobs WHERE status <> 'completed'"));
    expectNoRows(outcome, raw, QStringLiteral("completed more than once"),
                 QStringLiteral("SELECT 'job ' || job || ', ' || count(*) || ' times' FROM chaos_log WHERE became = "
                                "'completed' GROUP BY job HAVING count(*) > 1"));
    // Each claim adds one attempt and is followed by exactly one end.
    expectNoRows(
        outcome, raw, QStringLiteral("attempts without a matching claim"),
        QStringLiteral(
            "SELECT 'job ' || j.id || ': ' || j.attempts || ' attempts, ' || "
            "(SELECT count(*) FROM chaos_log c WHERE c.job = j.id AND c.became = 'processing') || ' claims' FROM jobs "
            "j "
            "WHERE j.attempts <> (SELECT count(*) FROM chaos_log c WHERE c.job = j.id AND c.became = 'processing')"));
    expectNoRows(
        outcome, raw, QStringLiteral("invalid status changes"),
        QStringLiteral(
            "SELECT 'job ' || job || ': ' || was || ' -> ' || became FROM chaos_log WHERE (was, became) NOT IN "
            "(VALUES ('pending', 'processing'), ('processing', 'completed'), ('processing', 'pending'), ('processing', "
            "'failed'), "
            "('failed', 'pending'))"));
    // Each return that counts as an attempt has one event.
    expectNoRows(outcome, raw, QStringLiteral("counted returns without a matching event"),
                 QStringLiteral(
                     "SELECT 'job ' || j.id || ': ' || returns || ' returns, ' || events || ' events' FROM jobs j, "
                     "(SELECT job, count(*) AS returns FROM chaos_log WHERE was = 'processing' AND became = 'pending' "
                     "AND max_became = max_was GROUP BY job) r "
                     "ON r.job = j.id LEFT JOIN (SELECT job_id, count(*) AS events FROM lifeguard_events WHERE kind = "
                     "'job_interrupted' GROUP BY job_id) e "
                     "ON e.job_id = j.id WHERE returns <> coalesce(events, 0)"));
    // Each return that does not count as an attempt has one event, from the manager or from the worker.
    expectNoRows(outcome, raw, QStringLiteral("uncounted returns without a matching event"),
                 QStringLiteral(
                     "SELECT 'job ' || job || ': ' || returns || ' returns, ' || coalesce(events, 0) || ' events' FROM "
                     "(SELECT job, count(*) AS returns FROM chaos_log WHERE was = 'processing' AND became = 'pending' "
                     "AND max_became = max_was + 1 GROUP BY job) "
                     "LEFT JOIN (SELECT job_id, count(*) AS events FROM lifeguard_events WHERE kind = 'job_returned' "
                     "GROUP BY job_id) "
                     "ON job_id = job WHERE returns <> coalesce(events, 0)"));
    expectNoRows(
        outcome, raw, QStringLiteral("events without a matching return"),
        QStringLiteral(
            "SELECT 'job ' || job_id || ': ' || kind || ', ' || message FROM lifeguard_events WHERE kind IN "
            "('job_interrupted', 'job_returned') "
            "AND NOT EXISTS (SELECT 1 FROM chaos_log WHERE job = job_id AND was = 'processing' AND became = 'pending' "
            "AND max_became - max_was = (kind = 'job_returned'))"));
    expectNoRows(outcome, raw, QStringLiteral("attempts without a matching end"),
                 QStringLiteral("SELECT 'job ' || id || ': ' || attempts || ' attempts' FROM jobs WHERE status = "
                                "'completed' AND attempts <> 1 + "
                                "(SELECT count(*) FROM chaos_log WHERE job = id AND was = 'processing' AND became IN "
                                "('pending', 'failed'))"));
    // Workers count their jobs in the transactions that finish them.
    expectNoRows(outcome, raw, QStringLiteral("job counts of the workers that do not match the jobs"),
                 QStringLiteral("SELECT done || ' done and ' || failed || ' failed by the workers, ' || completions || "
                                "' and ' || failures || ' by the jobs' FROM "
                                "(SELECT sum(jobs_processed) AS done, sum(jobs_failed) AS failed FROM workers), "
                                "(SELECT count(*) AS completions FROM chaos_log WHERE became = 'completed'), "
                                "(SELECT count(*) AS failures FROM chaos_log WHERE became = 'failed') WHERE done <> "
                                "completions OR failed <> failures"));
    expectNoRows(outcome, raw, QStringLiteral("workers whose end was not recorded"),
                 QStringLiteral("SELECT executor_id FROM lifeguard_workers WHERE ended_at IS NULL"));
    expectNoRows(outcome, raw, QStringLiteral("workers that are recorded as alive"),
                 QStringLiteral("SELECT container_id || ' is ' || status FROM workers WHERE status <> 'dead' AND "
                                "container_id NOT LIKE 'chaos-%'"));
}

void checkOutputs(Testbed &testbed, const JobFeeder &feeder, Outcome &outcome)
{
    int reported = 0;
    for (qint64 id = 1; id <= feeder.jobCount(); ++id) {
        QFile file(testbed.workspace() + u'/' + feeder.outputName(id));
        const QByteArray content = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        if (feeder.isOutput(id, content))
            continue;
        ++outcome.lost;
        if (++reported <= maxReported)
            report(outcome,
                   QStringLiteral("wrong output: %1 (%2 bytes)").arg(feeder.outputName(id)).arg(content.size()));
    }
}

/// Counts the ends of workers by reason, without the parts of the reason that differ between workers, and the results
/// that were discarded according to the logs of the workers.
void countDeaths(Testbed &testbed, test::RawSql &raw, Outcome &outcome)
{
    for (const QString &reason :
         raw.column(QStringLiteral("SELECT reason FROM lifeguard_workers WHERE wanted = 0 AND reason IS NOT NULL"))) {
        static const QRegularExpression variablePart(
            QStringLiteral(" while it worked on |\\. Last output|[,:;] |\\d+ s\\b"));
        ++outcome.deaths[reason.left(reason.indexOf(variablePart))];
    }
    QDirIterator logs(testbed.path(QStringLiteral("state")), {QStringLiteral("*.log")}, QDir::Files,
                      QDirIterator::Subdirectories);
    while (logs.hasNext()) {
        QFile log(logs.next());
        if (log.open(QIODevice::ReadOnly))
            outcome.discardedResults += log.readAll().count("result dropped: ");
    }
}

} // namespace

Outcome checkOutcome(Testbed &testbed, const JobFeeder &feeder)
{
    Outcome outcome;
    test::RawSql raw(testbed.databasePath());
    checkQueue(raw, feeder, outcome);
    checkOutputs(testbed, feeder, outcome);
    countDeaths(testbed, raw, outcome);
    return outcome;
}

} // namespace lifeguard::chaos
