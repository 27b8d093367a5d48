// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/toolprocess.h"

#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/base/unixsignals.h"

#include <QFutureWatcher>
#include <QtConcurrent>

#include <algorithm>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QSet<qint64> g_livePids; // used on the main thread only

/// Makes the kernel kill this process, rather than the worker, when the memory limit of the pool is exceeded: the
/// worker explains the end of the job. Called between fork() and exec().
void becomeFirstVictimOfMemoryLimit()
{
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    [[maybe_unused]] const ssize_t written = write(fd, "1000", 4);
    close(fd);
}

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
    m_errorNotifier.reset();
    if (m_errorPipe >= 0)
        close(m_errorPipe);
}

void ToolProcess::setSandbox(const SandboxPermissions &permissions)
{
    m_sandbox.emplace(permissions);
}

void ToolProcess::start(const QString &program, const QStringList &arguments, const QString &workingFolder)
{
    // QProcess would read stderr independently of stdout, and keep all of it in memory.
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) == 0) {
        m_errorPipe = ends[0];
        fcntl(m_errorPipe, F_SETFL, O_NONBLOCK);
        m_errorNotifier = std::make_unique<QSocketNotifier>(m_errorPipe, QSocketNotifier::Read);
        connect(m_errorNotifier.get(), &QSocketNotifier::activated, this, &ToolProcess::readErrors);
    }
    m_process.setProgram(program);
    m_process.setArguments(arguments);
    m_process.setWorkingDirectory(workingFolder);
    const pid_t worker = getpid();
    m_process.setChildProcessModifier([worker, errors = ends[1], sandbox = m_sandbox ? &*m_sandbox : nullptr] {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != worker)
            _exit(127); // the worker died before PR_SET_PDEATHSIG took effect
        if (errors >= 0)
            dup2(errors, STDERR_FILENO);
        becomeFirstVictimOfMemoryLimit();
        if (sandbox && !sandbox->enter())
            _exit(126); // rather no tool than one without limits
    });
    m_process.start();
    if (ends[1] >= 0)
        close(ends[1]);
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

void ToolProcess::readErrors()
{
    // Everything that the tool wrote before its latest output is in the pipe by now. More than that is not awaited: the
    // tool may never stop writing.
    int available = 0;
    if (m_errorPipe < 0 || ioctl(m_errorPipe, FIONREAD, &available) != 0)
        return;
    if (available == 0) {
        // All processes that could write have closed their end, or the pipe was emptied before the notification.
        char first = 0;
        const ssize_t n = read(m_errorPipe, &first, 1);
        if (n == 0)
            m_errorNotifier->setEnabled(false);
        else if (n > 0)
            m_errors.append(first);
        return;
    }
    QByteArray text(available, Qt::Uninitialized);
    const ssize_t n = read(m_errorPipe, text.data(), static_cast<size_t>(text.size()));
    m_errors.append(text.constData(), std::max<ssize_t>(n, 0));
    if (m_errors.size() > 2 * errorLimit)
        m_errors = m_errors.right(errorLimit);
}

QByteArray ToolProcess::takeErrors()
{
    readErrors();
    return std::exchange(m_errors, {}).right(errorLimit);
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
