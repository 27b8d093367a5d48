// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/stackreader.h"

#include "core/base/processidentity.h"
#include "core/base/secretmasking.h"
#include "core/base/textdecoding.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QProcess>
#include <QStandardPaths>
#include <QTimer>

#include <algorithm>
#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr int maxFrames = 64; ///< of one thread; more frames of an endless recursion would add no information
constexpr qsizetype maxLineLength = 240; ///< characters; names of C++ templates can fill pages
constexpr qsizetype maxOutput = 200'000; ///< bytes
constexpr milliseconds termToKill{1000};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::StackReader", text);
}

int readPtraceScope()
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
        return {QStringLiteral("-m"), QStringLiteral("-n"), QString::number(maxFrames), QStringLiteral("-p"), number};
    // Ignore the user's settings, print no values of arguments (they may be secrets), ask no questions, use no network.
    return {QStringLiteral("-nx"),  QStringLiteral("-batch"),
            QStringLiteral("-iex"), QStringLiteral("set debuginfod enabled off"),
            QStringLiteral("-ex"),  QStringLiteral("set print frame-arguments none"),
            QStringLiteral("-ex"),  QStringLiteral("thread apply all backtrace %1").arg(maxFrames),
            QStringLiteral("-p"),   number};
}

/// Returns the output without gdb's messages about itself.
QString cleanedOutput(const QString &output, const QString &tool)
{
    QStringList lines;
    bool inStack = tool == QStringLiteral("eu-stack");
    for (const QString &line : output.split(QLatin1Char('\n'))) {
        inStack = inStack || line.startsWith(QStringLiteral("Thread ")) || line.startsWith(QStringLiteral("#0"));
        if (inStack && !line.startsWith(QStringLiteral("[Inferior ")) && !line.startsWith(QStringLiteral("PID ")))
            lines.append(line.size() > maxLineLength ? QString(line.left(maxLineLength) + QStringLiteral("…")) : line);
    }
    return maskSecrets(lines.join(QLatin1Char('\n')).trimmed());
}

/// One run of a tool. Deletes itself at the end, because it may outlive the context of its caller.
class StackRun : public QObject
{
public:
    StackRun(StackRequest request, QObject *context, std::function<void(const StackTrace &)> callback)
        : m_request(std::move(request))
        , m_context(context)
        , m_callback(std::move(callback))
        , m_name(QFileInfo(m_request.tool).fileName())
    {
        connect(&m_process, &QProcess::readyReadStandardOutput, this,
                [this] { append(m_output, m_process.readAllStandardOutput()); });
        connect(&m_process, &QProcess::readyReadStandardError, this,
                [this] { append(m_errors, m_process.readAllStandardError()); });
        connect(&m_process, &QProcess::finished, this, [this] { onFinished(); });
        connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                finish(tr("No stack: %1 could not be started: %2.").arg(m_name, m_process.errorString()));
        });
        m_timeout.setSingleShot(true);
        connect(&m_timeout, &QTimer::timeout, this, [this] { terminate(); });
    }

    void start()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("DEBUGINFOD_URLS")); // prevents downloads of symbols
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")); // its error messages are parsed
        environment.insert(QStringLiteral("LIFEGUARD_EXECUTOR_ID"), QString()); // not of a worker (InheritedChildren)
        m_process.setProcessEnvironment(environment);
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setChildProcessModifier([] {
            setpgid(0, 0);
            // Otherwise a hanging tool would keep the process halted forever if this program ends.
            prctl(PR_SET_PDEATHSIG, SIGTERM);
        });
        m_process.start(m_request.tool, argumentsFor(m_name, m_request.process.pid));
        m_group = m_process.processId();
        m_timeout.start(m_request.timeout);
    }

private:
    static void append(QByteArray &all, const QByteArray &bytes)
    {
        if (all.size() < maxOutput)
            all += bytes.left(maxOutput - all.size());
    }

    /// Sends TERM first, so that gdb can detach from the process, and KILL later.
    void terminate()
    {
        if (m_group <= 0 || m_process.state() == QProcess::NotRunning)
            return;
        ::kill(-pid_t(m_group), m_timedOut ? SIGKILL : SIGTERM);
        m_timedOut = true;
        m_timeout.start(termToKill);
    }

    void onFinished()
    {
        m_timeout.stop();
        append(m_output, m_process.readAllStandardOutput());
        append(m_errors, m_process.readAllStandardError());
        if (m_timedOut) {
            ::kill(-pid_t(m_group), SIGKILL); // also its children
            resumeProcess();
            finish(tr("The stack is incomplete: %1 did not finish within %2 s.")
                       .arg(m_name)
                       .arg(m_request.timeout.count() / 1000));
            return;
        }
        if (m_output.contains("#0"))
            finish({});
        else
            finish(stackFailureText(m_request.process, m_name, decodeText(m_errors + m_output), readPtraceScope()));
    }

    /// Resumes the process: a debugger that is killed before it detaches leaves it stopped.
    void resumeProcess() const
    {
        if (m_request.process.isStopped())
            return; // the process was already stopped before
        const auto now = ProcessIdentity::of(m_request.process.pid);
        if (now && now->startTime == m_request.process.startTime)
            ::kill(pid_t(m_request.process.pid), SIGCONT);
    }

    void finish(const QString &problem)
    {
        Q_ASSERT(m_process.state() == QProcess::NotRunning);
        StackTrace stack;
        stack.pid = m_request.process.pid;
        stack.name = m_request.process.displayName();
        stack.tool = m_name;
        stack.problem = problem;
        if (m_output.contains("#0"))
            stack.text = cleanedOutput(decodeText(m_output), m_name);
        if (m_context)
            m_callback(stack);
        deleteLater();
    }

    StackRequest m_request;
    QPointer<QObject> m_context;
    std::function<void(const StackTrace &)> m_callback;
    QString m_name;
    QProcess m_process;
    QTimer m_timeout;
    qint64 m_group = 0;
    QByteArray m_output;
    QByteArray m_errors;
    bool m_timedOut = false;
};

} // namespace

QString findStackTool()
{
    for (const QString &name : {QStringLiteral("eu-stack"), QStringLiteral("gdb")}) {
        if (const QString path = QStandardPaths::findExecutable(name); !path.isEmpty())
            return path;
    }
    return {};
}

StackTrace missingStack(const ProcessFacts &process, const QString &problem)
{
    StackTrace stack;
    stack.pid = process.pid;
    stack.name = process.displayName();
    stack.problem = problem;
    return stack;
}

QString missingStackToolText()
{
    return tr("No stack: install elfutils or gdb.");
}

QString stackFailureText(const ProcessFacts &process, const QString &toolName, const QString &output, int ptraceScope)
{
    const QString command = toolName == QStringLiteral("gdb") ? QStringLiteral("gdb -p %1").arg(process.pid)
                                                              : QStringLiteral("eu-stack -p %1").arg(process.pid);
    const bool denied = output.contains(QStringLiteral("not permitted"))
                     || output.contains(QStringLiteral("ermission denied"));
    if (process.tracer > 0)
        return tr("No stack: the debugger %1 (pid %2) is already attached to the process.")
            .arg(process.tracerName)
            .arg(process.tracer);
    if (output.contains(QStringLiteral("No such process"))
        || output.contains(QStringLiteral("No such file or directory")))
        return tr("No stack: the process ended before it could be inspected.");
    if (denied && process.otherUser)
        return tr("No stack: the process belongs to the user %1, and only that user and root may inspect it. As root, "
                  "run `%2`.")
            .arg(process.user, command);
    if (denied && ptraceScope > 0) {
        return tr("No stack: on this system only root may inspect a process (kernel.yama.ptrace_scope is %1). As root, "
                  "run `%2`.")
            .arg(ptraceScope)
            .arg(command);
    }
    if (denied)
        return tr("No stack: the system does not allow inspecting the process, as in containers without the capability "
                  "SYS_PTRACE. As root outside the container, run `%1`.")
            .arg(command);
    const QString printed = maskSecrets(output.trimmed().section(QLatin1Char('\n'), -3).simplified());
    return printed.isEmpty() ? tr("No stack: %1 printed nothing.").arg(toolName)
                             : tr("No stack: %1 printed: %2").arg(toolName, printed);
}

void readStack(const StackRequest &request, QObject *context, std::function<void(const StackTrace &)> callback)
{
    const auto now = ProcessIdentity::of(request.process.pid);
    if (!now || now->startTime != request.process.startTime) {
        // Reported from the event loop, like all other results.
        const StackTrace gone = missingStack(request.process,
                                             tr("No stack: the process ended before it could be inspected."));
        QTimer::singleShot(0, context, [gone, callback = std::move(callback)] { callback(gone); });
        return;
    }
    (new StackRun(request, context, std::move(callback)))->start();
}

bool hasNativeStack(const ProcessFacts &process)
{
    static const QStringList interpreters{QStringLiteral("java"), QStringLiteral("python"), QStringLiteral("node"),
                                          QStringLiteral("perl"), QStringLiteral("ruby"),   QStringLiteral("pypy")};
    const QString name = process.displayName();
    const auto isInterpreter = [&name](const QString &interpreter) { return name.startsWith(interpreter); };
    return !process.hasEnded() && !process.commandLine.isEmpty()
        && std::none_of(interpreters.cbegin(), interpreters.cend(), isInterpreter);
}

} // namespace lifeguard
