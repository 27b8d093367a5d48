// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/testbed.h"

#include "core/base/processenvironment.h"
#include "core/base/processtable.h"
#include "places.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QUuid>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

constexpr std::chrono::milliseconds lockTimeout{200}; ///< short, because the faults are injected by the same thread and
                                                      ///< one of them may hold the lock
constexpr int minimumDiskSize = 64; ///< MB
constexpr int programTimeout = 60'000; ///< ms; reached only if a test fails

} // namespace

bool runProgram(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    return process.waitForFinished(programTimeout) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0;
}

Testbed::Testbed(const Options &options)
    : m_options(options)
    , m_environmentMark(QUuid::createUuid().toByteArray(QUuid::Id128))
{
    m_folder.setAutoRemove(!options.keep);
}

Testbed::~Testbed()
{
    m_database.reset();
    if (m_isMounted)
        umount2(QFile::encodeName(workspace()).constData(), MNT_DETACH);
}

Status Testbed::create()
{
    for (const char *name : {"work", "tmp", "home"}) {
        if (!QDir().mkpath(path(QString::fromLatin1(name))))
            return failure(ErrorCode::Io, QStringLiteral("The folder %1 cannot be used.").arg(m_folder.path()));
    }
    mountWorkspace();
    writeScripts();
    return createDatabase();
}

void Testbed::mountWorkspace()
{
    // The mount namespace of this program ends with its last process, so nothing stays mounted, even if this program is
    // killed.
    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return;
    const QByteArray options = "size=" + QByteArray::number(minimumDiskSize + m_options.seconds) + "m,nr_inodes=0";
    m_isMounted = mount("tmpfs", QFile::encodeName(workspace()).constData(), "tmpfs", 0, options.constData()) == 0;
}

/// Writes the commands of two pools. Both start the worker without exec, as many wrapper scripts do.
void Testbed::writeScripts() const
{
    const QByteArray worker = "'" LIFEGUARD_BIN_DIR "/lifeguard-worker'\ncode=$?\nexit $code\n";
    writeScript(path(QStringLiteral("start.sh")), "#!/bin/sh\n" + worker);
    writeScript(path(QStringLiteral("daemon.sh")),
                "#!/bin/sh\n"
                "env -i CHAOS_DAEMON=\"$LIFEGUARD_CHAOS:$WORKER_ID\" setsid -f sleep 1000000 </dev/null >/dev/null "
                "2>&1\n"
                    + worker);
}

Status Testbed::createDatabase()
{
    if (const Status opened = openDatabase(); !opened)
        return opened;
    test::RawSql raw(databasePath());
    if (!raw.exec(QStringLiteral("CREATE TABLE chaos_log (job INTEGER, was TEXT, became TEXT, attempts INTEGER, "
                                 "max_was INTEGER, max_became INTEGER, worker INTEGER, why TEXT, at "
                                 "REAL)"))
        || !raw.exec(QStringLiteral("CREATE INDEX chaos_jobs ON chaos_log(job)"))
        || !raw.exec(QStringLiteral(
            "CREATE TRIGGER chaos_record AFTER UPDATE OF status ON jobs WHEN old.status <> new.status BEGIN "
            "INSERT INTO chaos_log VALUES (new.id, old.status, new.status, new.attempts, old.max_attempts, "
            "new.max_attempts, coalesce(new.worker_id, old.worker_id), coalesce(new.error, old.error), "
            "(julianday('now') - 2440587.5) * 86400); END"))
        // A retry allows three more attempts, which would soon be used up here.
        || !raw.exec(QStringLiteral(
            "CREATE TRIGGER chaos_attempts AFTER UPDATE OF status ON jobs WHEN old.status = 'failed' BEGIN "
            "UPDATE jobs SET max_attempts = 1000 + new.attempts WHERE id = new.id; END")))
        return failure(ErrorCode::Database, raw.error());
    return {};
}

Status Testbed::openDatabase()
{
    Result<std::unique_ptr<Database>> opened = Database::open(databasePath(), OpenMode::Create, lockTimeout);
    if (!opened)
        return tl::unexpected(opened.error());
    m_database = std::move(*opened);
    return {};
}

QList<LiveWorker> Testbed::liveWorkers()
{
    QList<LiveWorker> living;
    test::RawSql raw(databasePath());
    for (const QString &row : raw.column(
             QStringLiteral("SELECT executor_id || ' ' || process || ' ' || coalesce(spec, '') FROM lifeguard_workers "
                            "WHERE ended_at IS NULL AND process IS NOT NULL ORDER BY executor_id"))) {
        const auto process = ProcessIdentity::fromString(row.section(u' ', 1, 1));
        if (process && presenceOf(*process) == ProcessPresence::Alive)
            living.append({*process, row.section(u' ', 0, 0), row.section(u' ', 2)});
    }
    return living;
}

bool Testbed::signalWorker(const LiveWorker &worker, int signalNumber)
{
    if (presenceOf(worker.process) != ProcessPresence::Alive
        || ::kill(static_cast<pid_t>(worker.process.pid), signalNumber) != 0)
        return false;
    if (signalNumber != SIGTERM && signalNumber != SIGCONT)
        m_broken.insert(worker.executorId);
    return true;
}

qint64 Testbed::countJobs(const QString &status)
{
    return test::RawSql(databasePath())
        .value(QStringLiteral("SELECT count(*) FROM jobs WHERE status = ?"), {status})
        .toLongLong();
}

QProcessEnvironment Testbed::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_STATE_HOME"), path(QStringLiteral("state")));
    environment.insert(QStringLiteral("HOME"), path(QStringLiteral("home")));
    environment.insert(QStringLiteral("TMPDIR"), path(QStringLiteral("tmp")));
    environment.insert(QStringLiteral("LIFEGUARD_CHAOS"), QString::fromLatin1(m_environmentMark));
    return environment;
}

QList<qint64> Testbed::markedProcesses() const
{
    QList<qint64> marked;
    const QHash<qint64, ProcessEntry> processes = ProcessTable::read().entries();
    for (const ProcessEntry &process : processes) {
        if (process.state != 'Z' && processEnvironmentValue(process.pid, "LIFEGUARD_CHAOS") == m_environmentMark)
            marked.append(process.pid);
    }
    return marked;
}

QHash<qint64, QString> Testbed::daemons() const
{
    QHash<qint64, QString> found;
    const QByteArray prefix = m_environmentMark + ':';
    const QHash<qint64, ProcessEntry> processes = ProcessTable::read().entries();
    for (const ProcessEntry &process : processes) {
        const QByteArray value = processEnvironmentValue(process.pid, "CHAOS_DAEMON").value_or(QByteArray());
        if (process.state != 'Z' && value.startsWith(prefix))
            found.insert(process.pid, QString::fromUtf8(value.mid(prefix.size())));
    }
    return found;
}

} // namespace lifeguard::chaos
