// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/outcome.h"

#include "core/base/processtree.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>

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

void checkQueue(Testbed &testbed, test::RawSql &raw, Outcome &outcome)
{
    const auto number = [&raw](const char *sql) { return raw.value(QString::fromLatin1(sql)).toLongLong(); };
    outcome.completed = testbed.countJobs(QStringLiteral("completed"));
    outcome.lost = testbed.options().jobs - outcome.completed;
    outcome.repeatedJobs = number("SELECT count(DISTINCT job) FROM chaos_log WHERE (was = 'processing' AND became = "
                                  "'pending' AND max_became = max_was) "
                                  "OR (was = 'failed' AND became = 'pending')");
    outcome.returnedClaims = number(
        "SELECT count(*) FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was + 1");
    outcome.restartsByDeath = number(
        "SELECT count(*) FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was");
    const auto countRetries = [&raw](const char *error) {
        return raw
            .value(QStringLiteral("SELECT count(*) FROM chaos_log WHERE was = 'failed' AND became = 'pending' "
                                  "AND instr(why, ?) > 0"),
                   {QString::fromLatin1(error)})
            .toLongLong();
    };
    outcome.restartsByFullDisk = countRetries(diskFullError);
    outcome.restartsByKilledTool = countRetries(killedToolError);
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
                 QStringLiteral("SELECT container_id || ' is ' || status FROM workers WHERE status <> 'dead'"));
}

void checkFiles(Testbed &testbed, test::RawSql &raw, Outcome &outcome)
{
    QSet<QString> expected;
    const QStringList diagrams = raw.column(QStringLiteral("SELECT id FROM jobs WHERE job_type = 'plantuml'"));
    const QSet<QString> diagramIds(diagrams.cbegin(), diagrams.cend());
    int reported = 0;
    for (int id = 1; id <= testbed.options().jobs; ++id) {
        const bool isDiagram = diagramIds.contains(QString::number(id));
        const QString name = Testbed::outputName(id, isDiagram);
        expected.insert(name);
        QFile file(testbed.workspace() + u'/' + name);
        const QByteArray content = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const QByteArray label = QByteArray("job ") + QByteArray::number(id) + " is here";
        const bool isCorrect = isDiagram ? content.contains(label) && content.trimmed().endsWith("</svg>")
                                         : content == "noop " + QByteArray::number(id) + '\n';
        if (!isCorrect && ++reported <= maxReported)
            report(outcome, QStringLiteral("wrong output: %1 (%2 bytes)").arg(name).arg(content.size()));
    }
    QDirIterator files(testbed.workspace(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString name = files.next().mid(testbed.workspace().size() + 1);
        if (!expected.contains(name))
            report(outcome, QStringLiteral("unexpected file in the workspace: ") + name);
    }
}

/// Finds processes that still run, by the mark and the worker ids in their environment and by the processes in the
/// database.
void checkProcesses(Testbed &testbed, test::RawSql &raw, Outcome &outcome)
{
    const QDir proc(QStringLiteral("/proc"));
    for (const QString &name : proc.entryList(QDir::Dirs)) {
        QFile environment(proc.filePath(name + QStringLiteral("/environ")));
        if (!environment.open(QIODevice::ReadOnly)
            || !environment.readAll().contains(QByteArray("LIFEGUARD_CHAOS=").append(testbed.environmentMark())))
            continue;
        QFile command(proc.filePath(name + QStringLiteral("/cmdline")));
        if (command.open(QIODevice::ReadOnly))
            report(outcome, QStringLiteral("process %1 is still running: %2")
                                .arg(name, QString::fromLocal8Bit(command.readAll().replace('\0', ' ').left(200))));
    }
    const QStringList ids = testbed.executorIds();
    for (const qint64 pid : processesWithExecutorId(QSet<QString>(ids.cbegin(), ids.cend())))
        report(outcome, QStringLiteral("process %1 of a worker is still running").arg(pid));
    for (const QString &text :
         raw.column(QStringLiteral("SELECT process FROM lifeguard_workers WHERE process IS NOT NULL"))) {
        const auto process = ProcessIdentity::fromString(text);
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            report(outcome, QStringLiteral("the worker with pid %1 is still running").arg(process->pid));
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

Outcome checkOutcome(Testbed &testbed)
{
    Outcome outcome;
    test::RawSql raw(testbed.databasePath());
    checkQueue(testbed, raw, outcome);
    checkFiles(testbed, raw, outcome);
    checkProcesses(testbed, raw, outcome);
    countDeaths(testbed, raw, outcome);
    return outcome;
}

} // namespace lifeguard::chaos
