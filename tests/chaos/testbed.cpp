// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/testbed.h"

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

constexpr int manyAttempts = 1000; ///< so many that no job is given up because its workers die
constexpr std::chrono::milliseconds lockTimeout{200}; ///< short, because the fault injector runs in the same thread and
                                                      ///< may hold the lock
constexpr int minimumDiskSize = 32; ///< MB
constexpr int jobsPerMegabyte = 150; ///< one or two pages of 4 KiB per output
constexpr int endTimeout = 60'000; ///< ms; reached only if a test fails

bool run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    return process.waitForFinished(endTimeout) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0;
}

} // namespace

Testbed::Testbed(const Options &options)
    : m_options(options)
    , m_environmentMark(QUuid::createUuid().toByteArray(QUuid::Id128))
{
    m_folder.setAutoRemove(!options.keep);
}

Testbed::~Testbed()
{
    for (const auto &manager : m_managers) {
        manager->kill();
        manager->waitForFinished(endTimeout);
    }
    m_database.reset();
    if (m_isMounted)
        umount2(QFile::encodeName(workspace()).constData(), MNT_DETACH);
}

QString Testbed::outputName(qint64 job, bool isDiagram)
{
    return QStringLiteral("out/%1.%2").arg(job).arg(isDiagram ? QStringLiteral("svg") : QStringLiteral("txt"));
}

Status Testbed::create()
{
    if (!QDir().mkpath(workspace()))
        return failure(ErrorCode::Io, QStringLiteral("The folder %1 cannot be created.").arg(workspace()));
    const int size = minimumDiskSize + m_options.jobs / jobsPerMegabyte;
    // The mount namespace of this program ends with its last process, so nothing stays mounted, even if this program is
    // killed.
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0
        && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
        m_isMounted = run(QStringLiteral("mount"),
                          {QStringLiteral("-t"), QStringLiteral("tmpfs"), QStringLiteral("-o"),
                           QStringLiteral("size=%1m,nr_inodes=0").arg(size), QStringLiteral("tmpfs"), workspace()});
    }
    Result<std::unique_ptr<Database>> opened = Database::open(databasePath(), OpenMode::Create, lockTimeout);
    if (!opened)
        return tl::unexpected(opened.error());
    m_database = std::move(*opened);
    // Triggers log every change of a job's status, whichever process makes it.
    test::RawSql raw(databasePath());
    if (!raw.exec(QStringLiteral("CREATE TABLE chaos_log (job INTEGER, was TEXT, became TEXT, attempts INTEGER, "
                                 "max_was INTEGER, max_became INTEGER, why TEXT)"))
        || !raw.exec(QStringLiteral("CREATE INDEX chaos_jobs ON chaos_log(job)"))
        || !raw.exec(QStringLiteral(
            "CREATE TRIGGER chaos_record AFTER UPDATE OF status ON jobs WHEN old.status <> new.status BEGIN "
            "INSERT INTO chaos_log VALUES (new.id, old.status, new.status, new.attempts, old.max_attempts, "
            "new.max_attempts, coalesce(new.error, old.error)); END"))
        // A retry allows three more attempts, which would soon be used up here.
        || !raw.exec(
            QStringLiteral(
                "CREATE TRIGGER chaos_attempts AFTER UPDATE OF status ON jobs WHEN old.status = 'failed' BEGIN "
                "UPDATE jobs SET max_attempts = %1 + new.attempts WHERE id = new.id; END")
                .arg(manyAttempts)))
        return failure(ErrorCode::Database, raw.error());
    return addJobs();
}

Status Testbed::addJobs()
{
    std::mt19937 random(m_options.seed);
    const bool hasPlantUml = missingTools(QStringLiteral("plantuml")).isEmpty();
    // Long enough that there is work while faults are injected, assuming that half of the time is lost to faults.
    const int meanSleep = std::max(1, m_options.seconds * 1000 * m_options.workers / std::max(1, m_options.jobs) / 2);
    QList<NewJob> jobs;
    for (int id = 1; id <= m_options.jobs; ++id) {
        NewJob job;
        const bool isDiagram = hasPlantUml && id % 25 == 0;
        m_diagrams += isDiagram ? 1 : 0;
        job.type = isDiagram ? QStringLiteral("plantuml") : QStringLiteral("noop");
        job.outputFile = outputName(id, isDiagram);
        job.maxAttempts = manyAttempts;
        job.priority = int(random() % 3);
        if (isDiagram) {
            job.inputFile = workspace() + QStringLiteral("/d%1.puml").arg(id);
            job.payload =
                QStringLiteral(
                    R"({"data": "@startuml\nAlice -> Bob : job %1 is here\n@enduml\n", "output_format": "svg"})")
                    .arg(id)
                    .toUtf8();
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
        return failure(ErrorCode::Database, QStringLiteral("The ids of the jobs are not 1 to %1.").arg(m_options.jobs));
    return {};
}

void Testbed::startManager()
{
    auto manager = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_STATE_HOME"), path(QStringLiteral("state")));
    environment.insert(QStringLiteral("LIFEGUARD_CHAOS"), QString::fromLatin1(m_environmentMark));
    manager->setProcessEnvironment(environment);
    manager->setProcessChannelMode(QProcess::MergedChannels);
    manager->setStandardOutputFile(path(QStringLiteral("manager-%1.log").arg(++m_startedManagers)));
    const QString healthOptions = QStringLiteral(",stale-after=3,hung-after=6,grace=2");
    const int diagramWorkers = hasDiagrams() ? std::max(1, m_options.workers / 4) : 0;
    QStringList arguments{QStringLiteral("run"),
                          QStringLiteral("--db"),
                          databasePath(),
                          QStringLiteral("--workspace"),
                          workspace(),
                          QStringLiteral("--pool"),
                          QStringLiteral("noop=%1").arg(m_options.workers - diagramWorkers) + healthOptions};
    if (diagramWorkers > 0)
        arguments += {QStringLiteral("--pool"), QStringLiteral("plantuml=%1").arg(diagramWorkers) + healthOptions};
    manager->start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguardctl"), arguments);
    m_managers.push_back(std::move(manager));
}

void Testbed::killManager(std::size_t index)
{
    QProcess &manager = *m_managers.at(index);
    manager.kill();
    manager.waitForFinished(endTimeout);
    m_managers.erase(m_managers.begin() + static_cast<std::ptrdiff_t>(index));
}

void Testbed::endManagers()
{
    for (const auto &manager : m_managers) {
        ::kill(static_cast<pid_t>(manager->processId()), SIGCONT);
        manager->terminate();
    }
    for (const auto &manager : m_managers)
        manager->waitForFinished(endTimeout);
    m_managers.clear();
}

void Testbed::forgetEndedManagers()
{
    std::erase_if(m_managers, [](const auto &manager) { return manager->state() == QProcess::NotRunning; });
}

QList<ProcessIdentity> Testbed::liveWorkers()
{
    QList<ProcessIdentity> living;
    test::RawSql raw(databasePath());
    for (const QString &text : raw.column(
             QStringLiteral("SELECT process FROM lifeguard_workers WHERE ended_at IS NULL AND process IS NOT NULL"))) {
        const auto process = ProcessIdentity::fromString(text);
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            living.append(*process);
    }
    return living;
}

QStringList Testbed::executorIds()
{
    return test::RawSql(databasePath()).column(QStringLiteral("SELECT executor_id FROM lifeguard_workers"));
}

qint64 Testbed::countJobs(const QString &status)
{
    return test::RawSql(databasePath())
        .value(QStringLiteral("SELECT count(*) FROM jobs WHERE status = ?"), {status})
        .toLongLong();
}

void Testbed::retryJobsFailedByFaults()
{
    JobFilter filter;
    filter.status = JobStatus::Failed;
    filter.limit = m_options.jobs;
    JobQueue queue(*m_database, m_clock);
    const Result<QList<Job>> failed = JobReader(*m_database).list(filter);
    QList<qint64> ids;
    for (const Job &job : failed ? *failed : QList<Job>()) {
        // The death of a worker also mentions SIGKILL, but with this many attempts it never makes a job fail.
        if (job.error.contains(QLatin1String(diskFullError))
            || (job.error.startsWith(QLatin1String("PlantUML ended unexpectedly"))
                && job.error.contains(QLatin1String(killedToolError))))
            ids.append(job.id);
    }
    if (!ids.isEmpty())
        std::ignore = queue.retry(ids); // fails if the database is locked; the next call retries
}

} // namespace lifeguard::chaos
