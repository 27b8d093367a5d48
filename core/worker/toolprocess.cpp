// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/toolprocess.h"

#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/base/unixsignals.h"

#include <QFutureWatcher>
#include <QtConcurrent>

#include <csignal>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QSet<qint64> g_livePids; // used on the main thread only

constexpr off_t errorLimit = 1024 * 1024; // bytes, from the end of stderr

} // namespace

ToolProcess::ToolProcess(QObject *parent) : QObject(parent)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this,
            [this] { Q_EMIT outputRead(m_process.readAllStandardOutput()); });
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        onEnded(status == QProcess::CrashExit ? signalName(code) : tr("exit code %1").arg(code), false);
    });
    // A crash emits errorOccurred() and finished(), a failed start only errorOccurred().
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            onEnded(m_process.errorString(), true);
    });
}

ToolProcess::~ToolProcess()
{
    m_process.disconnect(this);
    if (m_pid > 0 && isRunning()) {
        kill(-static_cast<pid_t>(m_pid), SIGKILL);
        kill(static_cast<pid_t>(m_pid), SIGKILL);
    }
    g_livePids.remove(m_pid);
    if (m_errors >= 0)
        close(m_errors);
}

void ToolProcess::start(const QString &program, const QStringList &arguments, const QString &workingFolder)
{
    m_errors = memfd_create("tool-stderr", MFD_CLOEXEC);
    if (m_errors >= 0)
        fcntl(m_errors, F_SETFL, O_APPEND);
    m_process.setProgram(program);
    m_process.setArguments(arguments);
    m_process.setWorkingDirectory(workingFolder);
    const pid_t worker = getpid();
    m_process.setChildProcessModifier([worker, errors = m_errors] {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != worker)
            _exit(127); // the worker died before PR_SET_PDEATHSIG took effect
        if (errors >= 0)
            dup2(errors, STDERR_FILENO);
    });
    m_process.start();
    m_pid = m_process.processId();
    if (m_pid > 0)
        g_livePids.insert(m_pid);
}

void ToolProcess::write(const QByteArray &bytes)
{
    m_process.write(bytes);
}

void ToolProcess::closeInput()
{
    m_process.closeWriteChannel();
}

QByteArray ToolProcess::takeErrors()
{
    QByteArray text;
    if (m_errors < 0)
        return text;
    const off_t size = lseek(m_errors, 0, SEEK_END);
    off_t at = std::max<off_t>(0, size - errorLimit);
    char buffer[4096];
    ssize_t n = 0;
    while ((n = pread(m_errors, buffer, sizeof buffer, at)) > 0) {
        text.append(buffer, n);
        at += n;
    }
    [[maybe_unused]] const int truncated = ftruncate(m_errors, 0);
    return text;
}

void ToolProcess::killTree()
{
    if (m_isKilling || m_hasEnded)
        return;
    m_isKilling = true;
    const pid_t group = static_cast<pid_t>(m_pid);
    QList<qint64> roots{group};
    // Orphans of the tool are now children of this process, because the worker is a subreaper.
    for (const qint64 child : childrenOf(getpid())) {
        if (!g_livePids.contains(child))
            roots.append(child);
    }
    auto *watcher = new QFutureWatcher<void>(this);
    connect(watcher, &QFutureWatcher<void>::finished, this, [this, watcher] {
        watcher->deleteLater();
        m_isKilling = false;
        if (m_hasEnded)
            emitEnded();
    });
    watcher->setFuture(QtConcurrent::run([group, roots] {
        killTrees(roots, {});
        kill(-group, SIGKILL);
    }));
}

const QSet<qint64> &ToolProcess::livePids()
{
    return g_livePids;
}

void ToolProcess::onEnded(const QString &how, bool failedToStart)
{
    g_livePids.remove(m_pid);
    m_hasEnded = true;
    m_how = how;
    m_failedToStart = failedToStart;
    if (!m_isKilling)
        emitEnded();
}

void ToolProcess::emitEnded()
{
    if (std::exchange(m_hasEmittedEnded, true))
        return;
    Q_EMIT ended(m_how, m_failedToStart);
}

} // namespace lifeguard
