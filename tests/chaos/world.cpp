// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/world.h"

#include "core/config/jobtypes.h"
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/tools/missingtools.h"
#include "places.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QFile>
#include <QUuid>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

constexpr int manyAttempts = 1000; ///< as issue and specification have it: deaths alone give no job up
constexpr std::chrono::milliseconds lockPatience{200}; ///< short: the mischief goes on in this thread, and holds locks itself
constexpr int roomAtLeast = 32; ///< MB of the workspace
constexpr int jobsInAMegabyte = 150; ///< a page for each output, two for some
constexpr int endTimeout = 60'000; ///< ms; only ever reached by a failure

bool run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    return process.waitForFinished(endTimeout) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

} // namespace

World::World(const Options &options) : m_options(options), m_mark(QUuid::createUuid().toByteArray(QUuid::Id128))
{
    m_folder.setAutoRemove(!options.keep);
}

World::~World()
{
    for (const auto &manager : m_managers) {
        manager->kill();
        manager->waitForFinished(endTimeout);
    }
    m_database.reset();
    if (m_mounted)
        umount2(QFile::encodeName(workspace()).constData(), MNT_DETACH);
}

QString World::outputName(qint64 job, bool diagram)
{
    return QStringLiteral("out/%1.%2").arg(job).arg(diagram ? QStringLiteral("svg") : QStringLiteral("txt"));
}

Status World::build()
{
    if (!QDir().mkpath(workspace()))
        return failure(ErrorCode::Io, QStringLiteral("The folder %1 cannot be made.").arg(workspace()));
    const int room = roomAtLeast + m_options.jobs / jobsInAMegabyte;
    // In a namespace of its own, which goes with its last process: nothing stays mounted, however this program ends.
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
        m_mounted = run(QStringLiteral("mount"), {QStringLiteral("-t"), QStringLiteral("tmpfs"), QStringLiteral("-o"), QStringLiteral("size=%1m,nr_inodes=0").arg(room),
                                                  QStringLiteral("tmpfs"), workspace()});
    }
    Result<std::unique_ptr<Database>> opened = Database::open(databasePath(), OpenMode::Create, lockPatience);
    if (!opened)
        return tl::unexpected(opened.error());
    m_database = std::move(*opened);
    // Every change of every job, written by the database itself, whoever makes it.
    test::RawSql raw(databasePath());
    if (!raw.exec(QStringLiteral("CREATE TABLE chaos_log (job INTEGER, was TEXT, became TEXT, attempts INTEGER, max_was INTEGER, max_became INTEGER, why TEXT)"))
        || !raw.exec(QStringLiteral("CREATE INDEX chaos_jobs ON chaos_log(job)"))
        || !raw.exec(QStringLiteral("CREATE TRIGGER chaos_record AFTER UPDATE OF status ON jobs WHEN old.status <> new.status BEGIN "
                                    "INSERT INTO chaos_log VALUES (new.id, old.status, new.status, new.attempts, old.max_attempts, new.max_attempts, coalesce(new.error, old.error)); END"))
        // Three attempts, as a retry gives them, are soon used up here.
        || !raw.exec(QStringLiteral("CREATE TRIGGER chaos_attempts AFTER UPDATE OF status ON jobs WHEN old.status = 'failed' BEGIN "
                                    "UPDATE jobs SET max_attempts = %1 + new.attempts WHERE id = new.id; END").arg(manyAttempts)))
        return failure(ErrorCode::Database, raw.error());
    return addJobs();
}

Status World::addJobs()
{
    std::mt19937 random(m_options.seed);
    const bool diagrams = missingTools(QStringLiteral("plantuml")).isEmpty();
    // Long enough in all that the mischief happens while there is work, with half of the time lost to it.
    const int meanSleep = std::max(1, m_options.seconds * 1000 * m_options.workers / std::max(1, m_options.jobs) / 2);
    QList<NewJob> jobs;
    for (int id = 1; id <= m_options.jobs; ++id) {
        NewJob job;
        const bool diagram = diagrams && id % 25 == 0;
        m_diagrams += diagram ? 1 : 0;
        job.type = diagram ? QStringLiteral("plantuml") : QStringLiteral("noop");
        job.outputFile = outputName(id, diagram);
        job.maxAttempts = manyAttempts;
        job.priority = int(random() % 3);
        if (diagram) {
            job.inputFile = workspace() + QStringLiteral("/d%1.puml").arg(id);
            job.payload = QStringLiteral(R"({"data": "@startuml\nAlice -> Bob : job %1 is here\n@enduml\n", "output_format": "svg"})").arg(id).toUtf8();
        } else {
            const int sleep = random() % 40 == 0 ? int(random() % 3000) : int(random() % unsigned(2 * meanSleep));
            job.payload = QStringLiteral(R"({"sleep_ms": %1})").arg(sleep).toUtf8();
        }
        jobs.append(job);
    }
    const Result<QList<qint64>> ids = JobQueue(*m_database, m_clock).addMany(jobs);
    if (!ids)
        return tl::unexpected(ids.error());
    if (ids->constLast() != m_options.jobs)
        return failure(ErrorCode::Database, QStringLiteral("The jobs' ids are not 1 to %1.").arg(m_options.jobs));
    return {};
}

void World::startManager()
{
    auto manager = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_STATE_HOME"), path(QStringLiteral("state")));
    environment.insert(QStringLiteral("LIFEGUARD_CHAOS"), QString::fromLatin1(m_mark));
    manager->setProcessEnvironment(environment);
    manager->setProcessChannelMode(QProcess::MergedChannels);
    manager->setStandardOutputFile(path(QStringLiteral("manager-%1.log").arg(++m_started)));
    const QString judged = QStringLiteral(",stale-after=3,hung-after=6,grace=2");
    const int drawers = hasDiagrams() ? std::max(1, m_options.workers / 4) : 0;
    QStringList arguments{QStringLiteral("run"), QStringLiteral("--db"), databasePath(), QStringLiteral("--workspace"), workspace(),
                          QStringLiteral("--pool"), QStringLiteral("noop=%1").arg(m_options.workers - drawers) + judged};
    if (drawers > 0)
        arguments += {QStringLiteral("--pool"), QStringLiteral("plantuml=%1").arg(drawers) + judged};
    manager->start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguardctl"), arguments);
    m_managers.push_back(std::move(manager));
}

void World::killManager(std::size_t index)
{
    QProcess &manager = *m_managers.at(index);
    manager.kill();
    manager.waitForFinished(endTimeout);
    m_managers.erase(m_managers.begin() + static_cast<std::ptrdiff_t>(index));
}

void World::endManagers()
{
    for (const auto &manager : m_managers) {
        ::kill(static_cast<pid_t>(manager->processId()), SIGCONT);
        manager->terminate();
    }
    for (const auto &manager : m_managers)
        manager->waitForFinished(endTimeout);
    m_managers.clear();
}

void World::forgetEndedManagers()
{
    std::erase_if(m_managers, [](const auto &manager) { return manager->state() == QProcess::NotRunning; });
}

QList<ProcessIdentity> World::workers()
{
    QList<ProcessIdentity> living;
    test::RawSql raw(databasePath());
    for (const QString &text : raw.column(QStringLiteral("SELECT process FROM lifeguard_workers WHERE ended_at IS NULL AND process IS NOT NULL"))) {
        const auto process = ProcessIdentity::fromString(text);
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            living.append(*process);
    }
    return living;
}

QStringList World::executorIds()
{
    return test::RawSql(databasePath()).column(QStringLiteral("SELECT executor_id FROM lifeguard_workers"));
}

qint64 World::count(const QString &status)
{
    return test::RawSql(databasePath()).value(QStringLiteral("SELECT count(*) FROM jobs WHERE status = ?"), {status}).toLongLong();
}

void World::retryWhatHarmFailed()
{
    JobFilter filter;
    filter.status = JobStatus::Failed;
    filter.limit = m_options.jobs;
    JobQueue queue(*m_database, m_clock);
    const Result<QList<Job>> failed = JobReader(*m_database).list(filter);
    QList<qint64> ids;
    for (const Job &job : failed ? *failed : QList<Job>()) {
        // Deaths of workers list SIGKILL too, but with as many attempts as here they give no job up.
        if (job.error.contains(QLatin1String("no space left")) || job.error.startsWith(QLatin1String("PlantUML ended unexpectedly: SIGKILL")))
            ids.append(job.id);
    }
    if (!ids.isEmpty())
        std::ignore = queue.retry(ids); // a locked database: the next time
}

} // namespace lifeguard::chaos
