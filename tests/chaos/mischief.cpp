// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/mischief.h"

#include "core/base/processtable.h"
#include "tests/support/queuetest.h"

#include <QFile>

#include <algorithm>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

/// Sent only while the pid is still that process.
bool send(const ProcessIdentity &process, int signalNumber)
{
    return presenceOf(process) == ProcessPresence::Alive && ::kill(static_cast<pid_t>(process.pid), signalNumber) == 0;
}

} // namespace

Mischief::Mischief(World &world) : m_world(world), m_random(world.options().seed + 1)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Mischief::once);
}

int Mischief::pause(int from, int to)
{
    return std::uniform_int_distribution<int>(from, to)(m_random);
}

void Mischief::later(int ms, std::function<void()> act)
{
    auto timer = std::make_unique<QTimer>();
    timer->setSingleShot(true);
    QTimer *raw = timer.get();
    m_later.emplace_back(std::move(timer), std::move(act));
    connect(raw, &QTimer::timeout, this, [this, raw] {
        const auto found = std::find_if(m_later.begin(), m_later.end(), [raw](const auto &entry) { return entry.first.get() == raw; });
        const std::function<void()> due = found->second;
        found->first.release()->deleteLater();
        m_later.erase(found);
        due();
    });
    raw->start(ms);
}

void Mischief::start()
{
    m_timer.start(500);
}

void Mischief::stop()
{
    m_timer.stop();
    while (!m_later.empty()) {
        const std::function<void()> due = m_later.back().second;
        m_later.pop_back();
        due();
    }
}

void Mischief::once()
{
    struct Deed
    {
        int weight;
        std::function<void()> act;
    };
    const std::vector<Deed> deeds{
        {40, [this] { signalWorker(SIGKILL, QStringLiteral("workers killed (SIGKILL)")); }},
        {8, [this] { signalWorker(SIGSEGV, QStringLiteral("workers crashed (SIGSEGV)")); }},
        {5, [this] { signalWorker(SIGTERM, QStringLiteral("workers ended by a stranger (SIGTERM)")); }},
        {18, [this] { stopWorker(); }},
        {5, [this] { leaveStopped(); }},
        {8, [this] { killTool(); }},
        {6, [this] { lockDatabase(); }},
        {4, [this] { fillDisk(); }},
        {4, [this] { killManager(); }},
        {3, [this] { stopManager(); }},
        {3, [this] { secondManager(); }},
    };
    int all = 0;
    for (const Deed &deed : deeds)
        all += deed.weight;
    int chosen = pause(0, all - 1);
    m_world.forgetEndedManagers();
    for (const Deed &deed : deeds) {
        chosen -= deed.weight;
        if (chosen < 0) {
            deed.act();
            break;
        }
    }
    if (m_world.managers().empty())
        m_world.startManager();
    m_timer.start(pause(20, 400));
}

void Mischief::signalWorker(int signalNumber, const QString &what)
{
    const QList<ProcessIdentity> workers = m_world.workers();
    if (!workers.isEmpty() && send(workers.at(pause(0, int(workers.size()) - 1)), signalNumber))
        ++m_done[what];
}

void Mischief::stopWorker()
{
    const QList<ProcessIdentity> workers = m_world.workers();
    if (workers.isEmpty())
        return;
    const ProcessIdentity worker = workers.at(pause(0, int(workers.size()) - 1));
    if (!send(worker, SIGSTOP))
        return;
    ++m_done[QStringLiteral("workers stopped for a while (SIGSTOP, SIGCONT)")];
    later(pause(50, 9000), [worker] { send(worker, SIGCONT); }); // some of them longer than it takes to be hung
}

void Mischief::leaveStopped()
{
    signalWorker(SIGSTOP, QStringLiteral("workers stopped for good (SIGSTOP)"));
}

void Mischief::killTool()
{
    const ProcessTable table = ProcessTable::read();
    for (const ProcessIdentity &worker : m_world.workers()) {
        for (const qint64 tool : table.childrenOf(worker.pid)) {
            if (const auto process = ProcessIdentity::of(tool); process && send(*process, SIGKILL)) {
                ++m_done[QStringLiteral("tools killed (java)")];
                return;
            }
        }
    }
}

void Mischief::lockDatabase()
{
    if (m_isLocked)
        return;
    auto raw = std::make_shared<test::RawSql>(m_world.databasePath());
    if (!raw->exec(QStringLiteral("BEGIN IMMEDIATE")))
        return; // somebody writes just now
    m_isLocked = true;
    ++m_done[QStringLiteral("times the database was locked")];
    later(pause(200, 6000), [this, raw] {
        raw->exec(QStringLiteral("COMMIT"));
        m_isLocked = false;
    });
}

void Mischief::fillDisk()
{
    if (m_isFull || !m_world.hasSmallDisk())
        return;
    const QString path = m_world.workspace() + QStringLiteral("/filler");
    const int fd = open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    const QByteArray block(1 << 20, 'x');
    while (write(fd, block.constData(), static_cast<size_t>(block.size())) == block.size()) { }
    close(fd);
    m_isFull = true;
    ++m_done[QStringLiteral("times the disk was full")];
    later(pause(200, 1500), [this, path] {
        QFile::remove(path);
        m_isFull = false;
    });
}

void Mischief::killManager()
{
    if (m_world.managers().empty())
        return;
    m_world.killManager(std::size_t(pause(0, int(m_world.managers().size()) - 1)));
    ++m_done[QStringLiteral("managers killed (SIGKILL)")];
}

void Mischief::stopManager()
{
    if (m_world.managers().empty())
        return;
    const auto manager = ProcessIdentity::of(m_world.managers().back()->processId());
    if (!manager || !send(*manager, SIGSTOP))
        return;
    ++m_done[QStringLiteral("managers stopped for a while")];
    later(pause(200, 8000), [process = *manager] { send(process, SIGCONT); });
}

void Mischief::secondManager()
{
    if (m_world.managers().size() > 1) {
        m_world.killManager(0);
        ++m_done[QStringLiteral("managers killed (SIGKILL)")];
        return;
    }
    m_world.startManager();
    ++m_done[QStringLiteral("second managers on the same database")];
}

} // namespace lifeguard::chaos
