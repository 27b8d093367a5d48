// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/verdict.h"

#include "core/base/processtree.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>

namespace lifeguard::chaos {
namespace {

constexpr int mostTold = 20; ///< of each kind of wrong

void tell(Verdict &verdict, const QString &text)
{
    if (verdict.wrong.size() < 10 * mostTold)
        verdict.wrong.append(text);
}

/// Each row that a question has an answer to is something wrong.
void rowsAreWrong(Verdict &verdict, test::RawSql &raw, const QString &what, const QString &sql)
{
    const QStringList rows = raw.column(sql);
    for (const QString &row : rows.mid(0, mostTold))
        tell(verdict, what + QStringLiteral(": ") + row);
    if (rows.size() > mostTold)
        tell(verdict, QStringLiteral("%1: %2 more").arg(what).arg(rows.size() - mostTold));
}

void checkQueue(World &world, test::RawSql &raw, Verdict &verdict)
{
    const auto number = [&raw](const char *sql) { return raw.value(QString::fromLatin1(sql)).toLongLong(); };
    verdict.completed = world.count(QStringLiteral("completed"));
    verdict.lost = world.options().jobs - verdict.completed;
    verdict.jobsBegunAgain = number("SELECT count(DISTINCT job) FROM chaos_log WHERE (was = 'processing' AND became = 'pending' AND max_became = max_was) "
                                    "OR (was = 'failed' AND became = 'pending')");
    verdict.uncounted = number("SELECT count(*) FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was + 1");
    verdict.counted = number("SELECT count(*) FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was");
    verdict.forSpace = number("SELECT count(*) FROM chaos_log WHERE was = 'failed' AND became = 'pending' AND why LIKE '%no space left%'");
    verdict.forTool = number("SELECT count(*) FROM chaos_log WHERE was = 'failed' AND became = 'pending' AND why LIKE '%SIGKILL%'");
    rowsAreWrong(verdict, raw, QStringLiteral("not completed"),
                 QStringLiteral("SELECT 'job ' || id || ' is ' || status || ', attempts ' || attempts || coalesce(': ' || error, '') FROM jobs WHERE status <> 'completed'"));
    rowsAreWrong(verdict, raw, QStringLiteral("completed more than once"),
                 QStringLiteral("SELECT 'job ' || job || ', ' || count(*) || ' times' FROM chaos_log WHERE became = 'completed' GROUP BY job HAVING count(*) > 1"));
    // Each claim adds one attempt, and is followed by exactly one end.
    rowsAreWrong(verdict, raw, QStringLiteral("attempts that no claim explains"),
                 QStringLiteral("SELECT 'job ' || j.id || ': ' || j.attempts || ' attempts, ' || "
                                "(SELECT count(*) FROM chaos_log c WHERE c.job = j.id AND c.became = 'processing') || ' claims' FROM jobs j "
                                "WHERE j.attempts <> (SELECT count(*) FROM chaos_log c WHERE c.job = j.id AND c.became = 'processing')"));
    rowsAreWrong(verdict, raw, QStringLiteral("changes nobody may make"),
                 QStringLiteral("SELECT 'job ' || job || ': ' || was || ' -> ' || became FROM chaos_log WHERE (was, became) NOT IN "
                                "(VALUES ('pending', 'processing'), ('processing', 'completed'), ('processing', 'pending'), ('processing', 'failed'), "
                                "('failed', 'pending'))"));
    // What counted is in the event log, once each.
    rowsAreWrong(verdict, raw, QStringLiteral("counted returns that the event log does not explain"),
                 QStringLiteral("SELECT 'job ' || j.id || ': ' || returns || ' returns, ' || events || ' events' FROM jobs j, "
                                "(SELECT job, count(*) AS returns FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was GROUP BY job) r "
                                "ON r.job = j.id LEFT JOIN (SELECT job_id, count(*) AS events FROM lifeguard_events WHERE kind = 'job_interrupted' GROUP BY job_id) e "
                                "ON e.job_id = j.id WHERE returns <> coalesce(events, 0)"));
    // And so is what did not count: by its manager, or by the worker itself.
    rowsAreWrong(verdict, raw, QStringLiteral("uncounted returns that the event log does not explain"),
                 QStringLiteral("SELECT 'job ' || job || ': ' || returns || ' returns, ' || coalesce(events, 0) || ' events' FROM "
                                "(SELECT job, count(*) AS returns FROM chaos_log WHERE was = 'processing' AND became = 'pending' AND max_became = max_was + 1 GROUP BY job) "
                                "LEFT JOIN (SELECT job_id, count(*) AS events FROM lifeguard_events WHERE kind = 'job_returned' GROUP BY job_id) "
                                "ON job_id = job WHERE returns <> coalesce(events, 0)"));
    rowsAreWrong(verdict, raw, QStringLiteral("events of returns that were none"),
                 QStringLiteral("SELECT 'job ' || job_id || ': ' || kind || ', ' || message FROM lifeguard_events WHERE kind IN ('job_interrupted', 'job_returned') "
                                "AND NOT EXISTS (SELECT 1 FROM chaos_log WHERE job = job_id AND was = 'processing' AND became = 'pending' "
                                "AND max_became - max_was = (kind = 'job_returned'))"));
    rowsAreWrong(verdict, raw, QStringLiteral("attempts that their ends do not explain"),
                 QStringLiteral("SELECT 'job ' || id || ': ' || attempts || ' attempts' FROM jobs WHERE status = 'completed' AND attempts <> 1 + "
                                "(SELECT count(*) FROM chaos_log WHERE job = id AND was = 'processing' AND became IN ('pending', 'failed'))"));
    // Counted in the same transactions, by the workers themselves.
    rowsAreWrong(verdict, raw, QStringLiteral("workers count other jobs than were done"),
                 QStringLiteral("SELECT done || ' done and ' || failed || ' failed by the workers, ' || completions || ' and ' || failures || ' by the jobs' FROM "
                                "(SELECT sum(jobs_processed) AS done, sum(jobs_failed) AS failed FROM workers), "
                                "(SELECT count(*) AS completions FROM chaos_log WHERE became = 'completed'), "
                                "(SELECT count(*) AS failures FROM chaos_log WHERE became = 'failed') WHERE done <> completions OR failed <> failures"));
    rowsAreWrong(verdict, raw, QStringLiteral("workers whose end was not written down"),
                 QStringLiteral("SELECT executor_id FROM lifeguard_workers WHERE ended_at IS NULL"));
    rowsAreWrong(verdict, raw, QStringLiteral("workers that look alive"),
                 QStringLiteral("SELECT container_id || ' is ' || status FROM workers WHERE status <> 'dead'"));
}

void checkFiles(World &world, test::RawSql &raw, Verdict &verdict)
{
    QSet<QString> expected;
    const QStringList diagrams = raw.column(QStringLiteral("SELECT id FROM jobs WHERE job_type = 'plantuml'"));
    const QSet<QString> isDiagram(diagrams.cbegin(), diagrams.cend());
    int told = 0;
    for (int id = 1; id <= world.options().jobs; ++id) {
        const bool diagram = isDiagram.contains(QString::number(id));
        const QString name = World::outputName(id, diagram);
        expected.insert(name);
        QFile file(world.workspace() + u'/' + name);
        const QByteArray content = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const QByteArray label = QByteArray("job ") + QByteArray::number(id) + " is here";
        const bool right = diagram ? content.contains(label) && content.trimmed().endsWith("</svg>") : content == "noop " + QByteArray::number(id) + '\n';
        if (!right && ++told <= mostTold)
            tell(verdict, QStringLiteral("wrong output: %1 (%2 bytes)").arg(name).arg(content.size()));
    }
    QDirIterator files(world.workspace(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString name = files.next().mid(world.workspace().size() + 1);
        if (!expected.contains(name))
            tell(verdict, QStringLiteral("left in the workspace: ") + name);
    }
}

/// By the mark in their environment, by their workers' names in it, and by what was written down of them.
void checkProcesses(World &world, test::RawSql &raw, Verdict &verdict)
{
    const QDir proc(QStringLiteral("/proc"));
    for (const QString &name : proc.entryList(QDir::Dirs)) {
        QFile environment(proc.filePath(name + QStringLiteral("/environ")));
        if (!environment.open(QIODevice::ReadOnly) || !environment.readAll().contains(QByteArray("LIFEGUARD_CHAOS=").append(world.mark())))
            continue;
        QFile command(proc.filePath(name + QStringLiteral("/cmdline")));
        if (command.open(QIODevice::ReadOnly))
            tell(verdict, QStringLiteral("process %1 still runs: %2").arg(name, QString::fromLocal8Bit(command.readAll().replace('\0', ' ').left(200))));
    }
    const QStringList ids = world.executorIds();
    for (const qint64 pid : processesWithExecutorId(QSet<QString>(ids.cbegin(), ids.cend())))
        tell(verdict, QStringLiteral("process %1 of a worker still runs").arg(pid));
    for (const QString &text : raw.column(QStringLiteral("SELECT process FROM lifeguard_workers WHERE process IS NOT NULL"))) {
        const auto process = ProcessIdentity::fromString(text);
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            tell(verdict, QStringLiteral("the worker with the pid %1 still runs").arg(process->pid));
    }
}

/// What the workers' rows say of their ends, up to the first word that is another with each; and how many results their logs
/// call dropped.
void countDeaths(World &world, test::RawSql &raw, Verdict &verdict)
{
    for (const QString &reason : raw.column(QStringLiteral("SELECT reason FROM lifeguard_workers WHERE wanted = 0 AND reason IS NOT NULL"))) {
        static const QRegularExpression own(QStringLiteral(" while it worked on |\\. Last output|[,:;] |\\d+ s\\b"));
        ++verdict.deaths[reason.left(reason.indexOf(own))];
    }
    QDirIterator logs(world.path(QStringLiteral("state")), {QStringLiteral("*.log")}, QDir::Files, QDirIterator::Subdirectories);
    while (logs.hasNext()) {
        QFile log(logs.next());
        if (log.open(QIODevice::ReadOnly))
            verdict.dropped += log.readAll().count(": dropped: ");
    }
}

} // namespace

Verdict judge(World &world)
{
    Verdict verdict;
    test::RawSql raw(world.databasePath());
    checkQueue(world, raw, verdict);
    checkFiles(world, raw, verdict);
    checkProcesses(world, raw, verdict);
    countDeaths(world, raw, verdict);
    return verdict;
}

} // namespace lifeguard::chaos
