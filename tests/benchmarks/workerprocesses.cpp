// SPDX-License-Identifier: GPL-3.0-or-later
#include "workerprocesses.h"

#include "measuring.h"

#include "places.h"

#include <QFile>
#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace lifeguard::bench {
namespace {

constexpr double patienceSeconds = 120;
constexpr int pollMs = 2;

} // namespace

WorkerProcesses::WorkerProcesses(const QueueFile &queue, int count,
                                 const QList<QPair<QByteArray, QByteArray>> &environment, const QString &type)
    : m_database(queue.path())
    , m_folder(queue.folder())
{
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const auto &[name, value] : environment)
        variables.insert(QString::fromUtf8(name), QString::fromUtf8(value));
    const quint32 group = QRandomGenerator::global()->generate(); // ids of ended workers cannot be used again
    for (int i = 0; i < count; ++i) {
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(variables);
        process->setStandardOutputFile(QProcess::nullDevice());
        process->setStandardErrorFile(logPath(i));
        process->start(QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker"),
                       {QStringLiteral("--type"), type, QStringLiteral("--db"), queue.path(),
                        QStringLiteral("--workspace"), queue.folder(), QStringLiteral("--id"),
                        QStringLiteral("bench-%1-%2").arg(group).arg(i)});
        m_processes.push_back(std::move(process));
    }
}

WorkerProcesses::~WorkerProcesses()
{
    terminate();
}

void WorkerProcesses::terminate()
{
    for (const auto &process : m_processes)
        process->terminate();
    for (const auto &process : m_processes) {
        if (!process->waitForFinished(int(patienceSeconds * 1000)) && process->state() != QProcess::NotRunning)
            process->kill();
    }
}

void WorkerProcesses::waitUntilIdle()
{
    BareConnection connection(m_database);
    BareStatement idle(connection.handle(), QStringLiteral("SELECT count(*) FROM workers WHERE status = 'idle'"));
    const Stopwatch waited;
    while (idle.run() < qint64(m_processes.size())) {
        const bool hasEnded = std::any_of(m_processes.cbegin(), m_processes.cend(),
                                          [](const auto &process) { return process->state() == QProcess::NotRunning; });
        if (hasEnded || waited.seconds() > patienceSeconds)
            fail();
        QThread::msleep(pollMs);
    }
}

/// Ends this program after the workers, with the output of those that have ended.
void WorkerProcesses::fail()
{
    std::fprintf(stderr, "A worker has ended, or the workers did not register in time.\n");
    for (std::size_t i = 0; i < m_processes.size(); ++i) {
        QFile log(logPath(int(i)));
        if (m_processes[i]->state() == QProcess::NotRunning && log.open(QIODevice::ReadOnly))
            std::fputs(log.readAll().constData(), stderr);
    }
    terminate();
    std::exit(1);
}

QString WorkerProcesses::logPath(int index) const
{
    return QStringLiteral("%1/worker-%2.log").arg(m_folder).arg(index);
}

QList<qint64> WorkerProcesses::pids() const
{
    QList<qint64> pids;
    for (const auto &process : m_processes)
        pids.append(process->processId());
    return pids;
}

} // namespace lifeguard::bench
