// SPDX-License-Identifier: GPL-3.0-or-later
#include "runningpool.h"

#include "commandruns.h"
#include "measuring.h"
#include "requirement.h"

#include "tests/support/ctlprogram.h"
#include "tests/support/waiting.h"

namespace lifeguard::bench {
namespace {

constexpr int patienceMs = 300000; ///< 16 browsers need a minute on a busy machine

} // namespace

RunningPool::RunningPool(const QueueFile &queue, QString type, int workers)
    : m_database(queue.path())
    , m_workspace(queue.folder())
    , m_type(std::move(type))
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_STATE_HOME"), m_workspace + QStringLiteral("/state"));
    m_run.setProcessEnvironment(environment);
    m_run.setStandardOutputFile(QProcess::nullDevice());
    m_run.setStandardErrorFile(m_workspace + QStringLiteral("/run.log"));
    m_run.start(CtlProgram::program(), withPlaces({QStringLiteral("run"), QStringLiteral("--pool"),
                                                   m_type + u'=' + QString::number(workers)}));
    BareConnection connection(m_database);
    BareStatement idle(connection.handle(), QStringLiteral("SELECT count(*) FROM workers WHERE status = 'idle'"));
    require(test::waitUntil([&] { return idle.run() == workers; }, patienceMs),
            QStringLiteral("The workers did not register."));
}

RunningPool::~RunningPool()
{
    m_run.terminate();
    if (!m_run.waitForFinished(patienceMs))
        m_run.kill();
}

void RunningPool::convert(const QStringList &files)
{
    BareConnection connection(m_database);
    BareStatement completed(
        connection.handle(),
        QStringLiteral("SELECT completed FROM lifeguard_job_counts WHERE job_type = '%1'").arg(m_type));
    const qint64 before = completed.run();
    (void)outputOf({CtlProgram::program(), withPlaces(QStringList{QStringLiteral("submit")} + files)});
    require(test::waitUntil([&] { return completed.run() - before == files.size(); }, patienceMs),
            QStringLiteral("The %1 jobs did not complete.").arg(m_type));
}

int RunningPool::workersWithJobs() const
{
    return int(
        BareConnection(m_database).number(QStringLiteral("SELECT count(*) FROM workers WHERE jobs_processed > 0")));
}

QStringList RunningPool::withPlaces(QStringList arguments) const
{
    return arguments << QStringLiteral("--db") << m_database << QStringLiteral("--workspace") << m_workspace;
}

} // namespace lifeguard::bench
