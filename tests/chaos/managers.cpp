// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/managers.h"

#include "places.h"

#include <QFile>

#include <algorithm>

#include <signal.h>
#include <unistd.h>

namespace lifeguard::chaos {
namespace {

constexpr int endTimeout = 60'000; ///< ms; reached only if a test fails

/// Returns the command that runs another one with a /proc that shows only its own processes. Root sees all processes
/// even with hidepid, unless it lacks CAP_SYS_PTRACE and is not in the group that the option exempts.
QStringList hidingCommand()
{
    return {QStringLiteral("unshare"),
            QStringLiteral("--mount"),
            QStringLiteral("--propagation=private"),
            QStringLiteral("sh"),
            QStringLiteral("-c"),
            QStringLiteral(
                "mount -t proc -o hidepid=2,gid=65533 proc /proc && exec setpriv --bounding-set=-sys_ptrace -- \"$@\""),
            QStringLiteral("sh")};
}

QByteArray endOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().right(400).trimmed().replace('\n', " | ") : QByteArray();
}

} // namespace

Managers::~Managers()
{
    killAll();
}

bool Managers::canHideProcesses()
{
    const QStringList command = hidingCommand();
    return geteuid() == 0
        && runProgram(command.first(),
                      command.mid(1)
                          + QStringList{QStringLiteral("test"), QStringLiteral("!"), QStringLiteral("-e"),
                                        QStringLiteral("/proc/%1").arg(getpid())});
}

QStringList Managers::poolArguments(Kind kind) const
{
    const QString option = QStringLiteral("--pool");
    const QString health = QStringLiteral(",mode=direct,stale-after=3,hung-after=6,grace=2");
    const Options &options = m_testbed.options();
    if (kind == Kind::Crowd)
        return {option, QStringLiteral("noop=%1,mode=direct").arg(options.crowd)};
    if (kind == Kind::Hidden)
        return {option, QStringLiteral("noop=2") + health};
    const int diagramWorkers = m_hasDiagrams ? std::max(1, options.workers / 4) : 0;
    QStringList arguments{option, QStringLiteral("noop=%1").arg(options.workers - diagramWorkers - 2) + health};
    if (diagramWorkers > 0)
        arguments += {option, QStringLiteral("plantuml=%1").arg(diagramWorkers) + health};
    // The wrapped worker must be able to finish its longest job after TERM.
    const QString command = QStringLiteral("noop=1,mode=direct,grace=20,command=sh %1");
    arguments += {option, command.arg(m_testbed.path(QStringLiteral("start.sh")))};
    arguments += {option, command.arg(m_testbed.path(QStringLiteral("daemon.sh")))};
    return arguments;
}

void Managers::start(Kind kind)
{
    Manager manager{std::make_unique<QProcess>(), kind,
                    m_testbed.path(QStringLiteral("manager-%1.log").arg(++m_started)), false};
    manager.process->setProcessEnvironment(m_testbed.environment());
    manager.process->setProcessChannelMode(QProcess::MergedChannels);
    manager.process->setStandardOutputFile(manager.log);
    QStringList command = kind == Kind::Hidden ? hidingCommand() : QStringList();
    command += {QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguardctl"),
                QStringLiteral("run"),
                QStringLiteral("--db"),
                m_testbed.databasePath(),
                QStringLiteral("--workspace"),
                m_testbed.workspace()};
    command += poolArguments(kind);
    manager.process->start(command.first(), command.mid(1));
    manager.process->waitForStarted(endTimeout);
    m_managers.push_back(std::move(manager));
}

void Managers::kill(std::size_t index)
{
    QProcess &process = *m_managers.at(index).process;
    process.kill();
    process.waitForFinished(endTimeout);
    m_managers.erase(m_managers.begin() + static_cast<std::ptrdiff_t>(index));
}

void Managers::killAll()
{
    while (!m_managers.empty())
        kill(0);
}

void Managers::terminate(Manager &manager)
{
    manager.isEnding = true;
    ::kill(static_cast<pid_t>(manager.process->processId()), SIGCONT);
    manager.process->terminate();
}

void Managers::terminateAll()
{
    for (Manager &manager : m_managers)
        terminate(manager);
    for (const Manager &manager : m_managers) {
        if (!manager.process->waitForFinished(endTimeout))
            m_unexpectedEnds.append(QStringLiteral("a manager has not ended 60 s after TERM"));
    }
    forgetEnded();
    killAll();
}

void Managers::forgetEnded()
{
    std::erase_if(m_managers, [this](const Manager &manager) {
        if (manager.process->state() != QProcess::NotRunning)
            return false;
        const bool isCrash = manager.process->exitStatus() != QProcess::NormalExit;
        // Exit code 1: a job has failed.
        if (isCrash || manager.process->exitCode() > 1 || !manager.isEnding)
            m_unexpectedEnds.append(QStringLiteral("a manager ended by itself with %1 %2: %3")
                                        .arg(isCrash ? QStringLiteral("signal") : QStringLiteral("exit code"))
                                        .arg(manager.process->exitCode())
                                        .arg(QString::fromUtf8(endOf(manager.log))));
        return true;
    });
}

std::size_t Managers::count(Kind kind) const
{
    return std::size_t(std::count_if(m_managers.cbegin(), m_managers.cend(),
                                     [kind](const Manager &manager) { return manager.kind == kind; }));
}

QSet<qint64> Managers::pids() const
{
    QSet<qint64> pids;
    for (const Manager &manager : m_managers)
        pids.insert(manager.process->processId());
    return pids;
}

} // namespace lifeguard::chaos
