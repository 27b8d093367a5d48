// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hooks/hookprocess.h"

#include "core/base/secretmasking.h"
#include "core/base/servicevariables.h"
#include "core/base/unixsignals.h"

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qsizetype outputLimit = 2000; // bytes
constexpr int killedMs = 1000; ///< a killed process ends within milliseconds, unless it is in the kernel

} // namespace

HookProcess::HookProcess(QStringList command, QString event, QByteArray payload, seconds timeout, QObject *parent)
    : HookCall(parent)
    , m_command(std::move(command))
    , m_event(std::move(event))
    , m_payload(std::move(payload))
    , m_timeout(timeout)
{
    Q_ASSERT(!m_command.isEmpty());
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_isTimedOut = true;
        killGroup();
    });
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
        m_output.append(m_process.readAllStandardOutput());
        m_output = m_output.right(outputLimit);
    });
    connect(&m_process, &QProcess::finished, this, &HookProcess::onFinished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish(failure(ErrorCode::ToolMissing,
                           tr("the program %1 cannot be started: %2").arg(m_command.first(), m_process.errorString())));
    });
}

HookProcess::~HookProcess()
{
    m_process.disconnect(this);
    killGroup();
    if (m_process.state() != QProcess::NotRunning)
        m_process.waitForFinished(killedMs);
}

void HookProcess::start()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    removeServiceVariables(environment);
    environment.insert(QStringLiteral("LIFEGUARD_EVENT"), m_event);
    m_process.setProcessEnvironment(environment);
    const pid_t manager = getpid();
    m_process.setChildProcessModifier([manager] {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL); // the command must not outlive its manager and act on an old event
        if (getppid() != manager)
            _exit(127);
    });
    m_timer.start(m_timeout);
    m_process.start(m_command.first(), m_command.mid(1));
    m_process.write(m_payload);
    m_process.closeWriteChannel();
}

void HookProcess::onFinished(int code, QProcess::ExitStatus status)
{
    if (m_isTimedOut)
        return finish(failure(ErrorCode::TimedOut, tr("it did not end within %1 s").arg(m_timeout.count())));
    if (status == QProcess::NormalExit && code == 0)
        return finish({});
    const QString how = status == QProcess::CrashExit ? signalName(code) : tr("exit code %1").arg(code);
    finish(failure(ErrorCode::ToolFailed, how, maskSecrets(QString::fromUtf8(m_output).trimmed())));
}

void HookProcess::finish(const Status &status)
{
    if (std::exchange(m_hasFinished, true))
        return;
    m_timer.stop();
    if (status)
        Q_EMIT succeeded();
    else
        Q_EMIT failed(status.error());
}

void HookProcess::killGroup() const
{
    if (m_process.processId() <= 0)
        return;
    const auto group = static_cast<pid_t>(m_process.processId());
    kill(-group, SIGKILL);
    kill(group, SIGKILL); // it has not entered its group yet
}

} // namespace lifeguard
