// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/jobfeeder.h"

#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/tools/missingtools.h"
#include "tests/support/queuetest.h"

#include <algorithm>
#include <random>

namespace lifeguard::chaos {
namespace {

constexpr int manyAttempts = 1000; ///< so many that no job is given up because its workers die
constexpr qint64 backlog = 400; ///< jobs that wait at least
constexpr qint64 jobsPerSecond = 300; ///< added at most
constexpr int paddingSize = 40'000; ///< bytes in the payload of some jobs, as in course builds
constexpr int usualSleep = 300; ///< ms; most jobs take up to this long
constexpr int longSleep = 3000; ///< ms; one of 40 jobs takes up to this long

} // namespace

JobFeeder::JobFeeder(Testbed &testbed)
    : m_testbed(testbed)
    , m_hasPlantUml(missingTools(QStringLiteral("plantuml")).isEmpty())
{
    m_sinceFeed.start();
}

QString JobFeeder::outputName(qint64 id) const
{
    return QStringLiteral("out/%1.%2").arg(id).arg(isDiagram(id) ? QStringLiteral("svg") : QStringLiteral("txt"));
}

bool JobFeeder::isOutput(qint64 id, const QByteArray &content) const
{
    if (!isDiagram(id))
        return content == "noop " + QByteArray::number(id) + '\n';
    const QByteArray label = "job " + QByteArray::number(id) + " is here";
    return content.contains(label) && content.trimmed().endsWith("</svg>");
}

NewJob JobFeeder::job(qint64 id) const
{
    std::minstd_rand random(std::minstd_rand::result_type(m_testbed.options().seed + quint64(id) * 7919));
    random.discard(2);
    NewJob job;
    job.outputFile = outputName(id);
    job.maxAttempts = manyAttempts;
    job.priority = int(random() % 3);
    if (isDiagram(id)) {
        job.type = QStringLiteral("plantuml");
        job.inputFile = m_testbed.workspace() + QStringLiteral("/d%1.puml").arg(id);
        job.payload = R"({"data": "@startuml\nAlice -> Bob : job )" + QByteArray::number(id)
                    + R"( is here\n@enduml\n", "output_format": "svg"})";
        return job;
    }
    job.type = QStringLiteral("noop");
    const auto limit = random() % 40 == 0 ? longSleep : usualSleep;
    job.payload = R"({"sleep_ms": )" + QByteArray::number(int(random() % unsigned(limit)));
    if (id % 50 == 7)
        job.payload += R"(, "padding": ")" + QByteArray(paddingSize, 'x') + '"';
    job.payload += '}';
    return job;
}

void JobFeeder::feed()
{
    test::RawSql raw(m_testbed.databasePath());
    const qint64 pending = raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status = 'pending'")).toLongLong();
    const qint64 last = raw.value(QStringLiteral("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'")).toLongLong();
    // A restored database lacks the newest jobs.
    const qint64 missing = std::max(backlog - pending, m_count - last);
    const qint64 number = std::min(missing, std::max<qint64>(1, jobsPerSecond * m_sinceFeed.elapsed() / 1000));
    if (missing <= 0)
        return;
    QList<NewJob> jobs;
    for (qint64 id = last + 1; id <= last + number; ++id)
        jobs.append(job(id));
    const Result<QList<qint64>> ids = JobQueue(m_testbed.database(), m_clock).addMany(jobs);
    if (!ids)
        return; // the database is locked; the next call adds them
    if (ids->constFirst() != last + 1 || ids->constLast() != last + number)
        qFatal("The new jobs have the ids %lld to %lld.", ids->constFirst(), ids->constLast());
    m_count = std::max(m_count, last + number);
    m_sinceFeed.restart();
}

void JobFeeder::retryKilledTools()
{
    JobFilter filter;
    filter.status = JobStatus::Failed;
    filter.limit = int(m_count) + 1;
    const Result<QList<Job>> failed = JobReader(m_testbed.database()).list(filter);
    QList<qint64> ids;
    for (const Job &job : failed ? *failed : QList<Job>()) {
        if (job.error.startsWith(QLatin1String("PlantUML ended unexpectedly"))
            && job.error.contains(QLatin1String("SIGKILL")))
            ids.append(job.id);
    }
    if (ids.isEmpty())
        return;
    // Fails if the database is locked; the next call retries.
    m_retried += JobQueue(m_testbed.database(), m_clock).retry(ids).value_or(0);
}

Status JobFeeder::carryOver(const QSet<qint64> &completed)
{
    m_carried += completed;
    test::RawSql raw(m_testbed.databasePath());
    if (!raw.exec(QStringLiteral("BEGIN IMMEDIATE")))
        return failure(ErrorCode::Busy, raw.error());
    for (qint64 id = 1; id <= m_count; ++id) {
        if (m_carried.contains(id))
            continue;
        const NewJob next = job(id);
        if (!raw.exec(QStringLiteral("INSERT INTO jobs (id, job_type, status, priority, input_file, output_file, "
                                     "content_hash, payload, max_attempts) VALUES (?, ?, 'pending', ?, coalesce(?, "
                                     "''), ?, '', ?, ?)"),
                      {id, next.type, next.priority, next.inputFile, next.outputFile, QString::fromUtf8(next.payload),
                       next.maxAttempts}))
            return failure(ErrorCode::Database, raw.error());
    }
    // The ids of new jobs continue after those of the previous database.
    if (!raw.exec(QStringLiteral("DELETE FROM sqlite_sequence WHERE name = 'jobs'"))
        || !raw.exec(QStringLiteral("INSERT INTO sqlite_sequence (name, seq) VALUES ('jobs', ?)"), {m_count})
        || !raw.exec(QStringLiteral("COMMIT")))
        return failure(ErrorCode::Database, raw.error());
    return {};
}

} // namespace lifeguard::chaos
