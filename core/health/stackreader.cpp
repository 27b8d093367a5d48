// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/stackreader.h"

#include "core/base/processidentity.h"
#include "core/base/secrets.h"
#include "core/base/text.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QProcess>
#include <QStandardPaths>
#include <QTimer>

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int mostFrames = 64; ///< of one thread: endless recursion tells no more with a thousand
constexpr qsizetype longestLine = 240; ///< characters; names of templates can be pages long
constexpr qsizetype mostOutput = 200'000; ///< bytes
constexpr milliseconds termToKill{1000};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::StackReader", text);
}

int ptraceScope()
{
    QFile file(QStringLiteral("/proc/sys/kernel/yama/ptrace_scope"));
    bool isNumber = false;
    const int scope = file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toInt(&isNumber) : -1;
    return isNumber ? scope : -1;
}

QStringList argumentsFor(const QString &tool, qint64 pid)
{
    const QString number = QString::number(pid);
    if (tool == QStringLiteral("eu-stack"))
        return {QStringLiteral("-m"), QStringLiteral("-n"), QString::number(mostFrames), QStringLiteral("-p"), number};
    // Without the user's own settings, without values of arguments (they may be secrets), without a question, without the network.
    return {QStringLiteral("-nx"), QStringLiteral("-batch"), QStringLiteral("-iex"), QStringLiteral("set debuginfod enabled off"),
            QStringLiteral("-ex"), QStringLiteral("set print frame-arguments none"), QStringLiteral("-ex"),
            QStringLiteral("thread apply all backtrace %1").arg(mostFrames), QStringLiteral("-p"), number};
}

/// Without what gdb says of itself.
QString cleaned(const QString &output, const QString &tool)
{
    QStringList lines;
    bool begun = tool == QStringLiteral("eu-stack");
    for (const QString &line : output.split(QLatin1Char('\n'))) {
        begun = begun || line.startsWith(QStringLiteral("Thread ")) || line.startsWith(QStringLiteral("#0"));
        if (begun && !line.startsWith(QStringLiteral("[Inferior ")) && !line.startsWith(QStringLiteral("PID ")))
            lines.append(line.size() > longestLine ? QString(line.left(longestLine) + QStringLiteral("…")) : line);
    }
    return maskedText(lines.join(QLatin1Char('\n')).trimmed());
}

/// One run of the tool. Owns itself, so that it outlives who asked.
class StackRun : public QObject
{
public:
    StackRun(StackRequest request, QObject *context, std::function<void(const StackTrace &)> then)
        : m_request(std::move(request)), m_context(context), m_then(std::move(then)), m_name(QFileInfo(m_request.tool).fileName())
    {
        connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] { take(m_output, m_process.readAllStandardOutput()); });
        connect(&m_process, &QProcess::readyReadStandardError, this, [this] { take(m_errors, m_process.readAllStandardError()); });
        connect(&m_process, &QProcess::finished, this, [this] { onEnded(); });
        connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                tell(tr("no stack: %1 could not be started: %2").arg(m_name, m_process.errorString()));
        });
        m_limit.setSingleShot(true);
        connect(&m_limit, &QTimer::timeout, this, [this] { end(); });
    }

    void start()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("DEBUGINFOD_URLS")); // or it would ask servers for symbols
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")); // its errors are read
        m_process.setProcessEnvironment(environment);
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setChildProcessModifier([] {
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGTERM); // or one that hangs would hold the process for ever once nobody watches the limit
        });
        m_process.start(m_request.tool, argumentsFor(m_name, m_request.process.pid));
        m_group = m_process.processId();
        m_limit.start(m_request.limit);
    }

private:
    static void take(QByteArray &all, const QByteArray &bytes)
    {
        if (all.size() < mostOutput)
            all += bytes.left(mostOutput - all.size());
    }

    /// TERM first: gdb lets go of the process then.
    void end()
    {
        if (m_group <= 0 || m_process.state() == QProcess::NotRunning)
            return;
        ::kill(-pid_t(m_group), m_timedOut ? SIGKILL : SIGTERM);
        m_timedOut = true;
        m_limit.start(termToKill);
    }

    void onEnded()
    {
        m_limit.stop();
        take(m_output, m_process.readAllStandardOutput());
        take(m_errors, m_process.readAllStandardError());
        if (m_timedOut) {
            ::kill(-pid_t(m_group), SIGKILL); // what it may have started
            letGoOn();
            tell(tr("The stack is not whole: %1 was not done within %2 s.").arg(m_name).arg(m_request.limit.count() / 1000));
            return;
        }
        if (m_output.contains("#0"))
            tell({});
        else
            tell(stackRefusal(m_request.process, m_name, decodedText(m_errors + m_output), ptraceScope()));
    }

    /// A debugger that is killed between its SIGSTOP and letting go leaves the process stopped for good.
    void letGoOn() const
    {
        if (m_request.process.isStopped())
            return; // it was before
        const auto now = ProcessIdentity::of(m_request.process.pid);
        if (now && now->startTime == m_request.process.startTime)
            ::kill(pid_t(m_request.process.pid), SIGCONT);
    }

    void tell(const QString &problem)
    {
        StackTrace stack;
        stack.pid = m_request.process.pid;
        stack.name = m_request.process.shownName();
        stack.tool = m_name;
        stack.problem = problem;
        if (m_output.contains("#0"))
            stack.text = cleaned(decodedText(m_output), m_name);
        if (m_context)
            m_then(stack);
        deleteLater();
    }

    StackRequest m_request;
    QPointer<QObject> m_context;
    std::function<void(const StackTrace &)> m_then;
    QString m_name;
    QProcess m_process;
    QTimer m_limit;
    qint64 m_group = 0;
    QByteArray m_output;
    QByteArray m_errors;
    bool m_timedOut = false;
};

} // namespace

QString stackTool()
{
    for (const QString &name : {QStringLiteral("eu-stack"), QStringLiteral("gdb")}) {
        if (const QString path = QStandardPaths::findExecutable(name); !path.isEmpty())
            return path;
    }
    return {};
}

StackTrace noStack(const ProcessFacts &process, const QString &problem)
{
    StackTrace stack;
    stack.pid = process.pid;
    stack.name = process.shownName();
    stack.problem = problem;
    return stack;
}

QString noStackTool()
{
    return tr("no stack: install gdb or elfutils");
}

QString stackRefusal(const ProcessFacts &process, const QString &toolName, const QString &output, int ptraceScope)
{
    const QString command = toolName == QStringLiteral("gdb") ? QStringLiteral("gdb -p %1").arg(process.pid) : QStringLiteral("eu-stack -p %1").arg(process.pid);
    const bool refused = output.contains(QStringLiteral("not permitted")) || output.contains(QStringLiteral("ermission denied"));
    if (process.tracer > 0)
        return tr("no stack: the debugger %1 (pid %2) holds the process already").arg(process.tracerName).arg(process.tracer);
    if (output.contains(QStringLiteral("No such process")) || output.contains(QStringLiteral("No such file or directory")))
        return tr("no stack: the process ended before it could be looked into");
    if (refused && process.otherUser)
        return tr("no stack: the process belongs to the user %1, and only that user and root may look into it; as root: `%2`").arg(process.user, command);
    if (refused && ptraceScope > 0) {
        return tr("no stack: this system lets nobody but root look into a process (kernel.yama.ptrace_scope is %1); as root: `%2`")
            .arg(ptraceScope)
            .arg(command);
    }
    if (refused)
        return tr("no stack: the system does not allow looking into the process, as in containers without the right SYS_PTRACE; as root outside: `%1`").arg(command);
    const QString said = maskedText(output.trimmed().section(QLatin1Char('\n'), -3).simplified());
    return said.isEmpty() ? tr("no stack: %1 said nothing").arg(toolName) : tr("no stack: %1 says: %2").arg(toolName, said);
}

void readStack(const StackRequest &request, QObject *context, std::function<void(const StackTrace &)> then)
{
    const auto now = ProcessIdentity::of(request.process.pid);
    if (!now || now->startTime != request.process.startTime) {
        // Answered as everything else is: later.
        const StackTrace gone = noStack(request.process, tr("no stack: the process ended before it could be looked into"));
        QTimer::singleShot(0, context, [gone, then = std::move(then)] { then(gone); });
        return;
    }
    (new StackRun(request, context, std::move(then)))->start();
}

} // namespace lifeguard
