// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/faultinjector.h"

#include "core/base/processtable.h"
#include "tests/support/queuetest.h"

#include <QFile>

#include <algorithm>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

/// Sends a signal, unless the process has ended and its pid may belong to another one. Returns whether it was sent.
bool sendSignal(const ProcessIdentity &process, int signalNumber)
{
    return presenceOf(process) == ProcessPresence::Alive && ::kill(static_cast<pid_t>(process.pid), signalNumber) == 0;
}

} // namespace

FaultInjector::FaultInjector(Testbed &testbed) : m_testbed(testbed), m_random(testbed.options().seed + 1)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FaultInjector::injectFault);
}

int FaultInjector::randomBetween(int minimum, int maximum)
{
    return std::uniform_int_distribution<int>(minimum, maximum)(m_random);
}

void FaultInjector::scheduleRevert(int delay, std::function<void()> revert)
{
    auto timer = std::make_unique<QTimer>();
    timer->setSingleShot(true);
    QTimer *raw = timer.get();
    m_reverts.emplace_back(std::move(timer), std::move(revert));
    connect(raw, &QTimer::timeout, this, [this, raw] {
        const auto found = std::find_if(m_reverts.begin(), m_reverts.end(),
                                        [raw](const auto &entry) { return entry.first.get() == raw; });
        const std::function<void()> due = found->second;
        found->first.release()->deleteLater();
        m_reverts.erase(found);
        due();
    });
    raw->start(delay);
}

void FaultInjector::start()
{
    m_timer.start(std::chrono::milliseconds(500));
}

void FaultInjector::stop()
{
    m_timer.stop();
    while (!m_reverts.empty()) {
        const std::function<void()> due = m_reverts.back().second;
        m_reverts.pop_back();
        due();
    }
}

void FaultInjector::injectFault()
{
    struct Fault
    {
        int weight;
        std::function<void()> inject;
    };
    const std::vector<Fault> faults{
        {40, [this] { signalWorker(SIGKILL, QStringLiteral("workers killed (SIGKILL)")); }},
        {8, [this] { signalWorker(SIGSEGV, QStringLiteral("workers crashed (SIGSEGV)")); }},
        {5, [this] { signalWorker(SIGTERM, QStringLiteral("workers terminated from outside (SIGTERM)")); }},
        {18, [this] { stopWorkerTemporarily(); }},
        {5, [this] { stopWorkerPermanently(); }},
        {8, [this] { killTool(); }},
        {6, [this] { lockDatabase(); }},
        {4, [this] { fillDisk(); }},
        {4, [this] { killManager(); }},
        {3, [this] { stopManagerTemporarily(); }},
        {3, [this] { addOrKillSecondManager(); }},
    };
    int totalWeight = 0;
    for (const Fault &fault : faults)
        totalWeight += fault.weight;
    int chosen = randomBetween(0, totalWeight - 1);
    m_testbed.forgetEndedManagers();
    for (const Fault &fault : faults) {
        chosen -= fault.weight;
        if (chosen < 0) {
            fault.inject();
            break;
        }
    }
    if (m_testbed.managers().empty())
        m_testbed.startManager();
    m_timer.start(randomBetween(20, 400));
}

void FaultInjector::signalWorker(int signalNumber, const QString &description)
{
    const QList<ProcessIdentity> workers = m_testbed.liveWorkers();
    if (!workers.isEmpty() && sendSignal(workers.at(randomBetween(0, int(workers.size()) - 1)), signalNumber))
        ++m_counts[description];
}

void FaultInjector::stopWorkerTemporarily()
{
    const QList<ProcessIdentity> workers = m_testbed.liveWorkers();
    if (workers.isEmpty())
        return;
    const ProcessIdentity &worker = workers.at(randomBetween(0, int(workers.size()) - 1));
    if (!sendSignal(worker, SIGSTOP))
        return;
    ++m_counts[QStringLiteral("workers stopped temporarily (SIGSTOP, SIGCONT)")];
    // Up to 9 s, which is longer than the time after which the pools treat a worker as hung.
    scheduleRevert(randomBetween(50, 9000), [worker] { sendSignal(worker, SIGCONT); });
}

void FaultInjector::stopWorkerPermanently()
{
    signalWorker(SIGSTOP, QStringLiteral("workers stopped permanently (SIGSTOP)"));
}

void FaultInjector::killTool()
{
    const ProcessTable table = ProcessTable::read();
    for (const ProcessIdentity &worker : m_testbed.liveWorkers()) {
        for (const qint64 tool : table.childrenOf(worker.pid)) {
            if (const auto process = ProcessIdentity::of(tool); process && sendSignal(*process, SIGKILL)) {
                ++m_counts[QStringLiteral("tools killed (java)")];
                return;
            }
        }
    }
}

void FaultInjector::lockDatabase()
{
    if (m_isDatabaseLocked)
        return;
    auto connection = std::make_shared<test::RawSql>(m_testbed.databasePath());
    if (!connection->exec(QStringLiteral("BEGIN IMMEDIATE")))
        return; // another process holds the write lock
    m_isDatabaseLocked = true;
    ++m_counts[QStringLiteral("times the database was locked")];
    scheduleRevert(randomBetween(200, 6000), [this, connection] {
        connection->exec(QStringLiteral("COMMIT"));
        m_isDatabaseLocked = false;
    });
}

void FaultInjector::fillDisk()
{
    if (m_isDiskFull || !m_testbed.hasSmallDisk())
        return;
    const QString path = m_testbed.workspace() + QStringLiteral("/filler");
    const int fd = open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    const QByteArray block(1 << 20, 'x');
    while (write(fd, block.constData(), static_cast<size_t>(block.size())) == block.size()) {}
    close(fd);
    m_isDiskFull = true;
    ++m_counts[QStringLiteral("times the disk was full")];
    scheduleRevert(randomBetween(200, 1500), [this, path] {
        QFile::remove(path);
        m_isDiskFull = false;
    });
}

void FaultInjector::killManager()
{
    if (m_testbed.managers().empty())
        return;
    m_testbed.killManager(std::size_t(randomBetween(0, int(m_testbed.managers().size()) - 1)));
    ++m_counts[QStringLiteral("managers killed (SIGKILL)")];
}

void FaultInjector::stopManagerTemporarily()
{
    if (m_testbed.managers().empty())
        return;
    const auto manager = ProcessIdentity::of(m_testbed.managers().back()->processId());
    if (!manager || !sendSignal(*manager, SIGSTOP))
        return;
    ++m_counts[QStringLiteral("managers stopped temporarily (SIGSTOP, SIGCONT)")];
    scheduleRevert(randomBetween(200, 8000), [process = *manager] { sendSignal(process, SIGCONT); });
}

void FaultInjector::addOrKillSecondManager()
{
    if (m_testbed.managers().size() > 1) {
        m_testbed.killManager(0);
        ++m_counts[QStringLiteral("managers killed (SIGKILL)")];
        return;
    }
    m_testbed.startManager();
    ++m_counts[QStringLiteral("second managers started on the same database")];
}

} // namespace lifeguard::chaos
