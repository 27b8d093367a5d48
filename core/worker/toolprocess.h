// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/toolsandbox.h"

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QSet>
#include <QSocketNotifier>

#include <memory>
#include <optional>

namespace lifeguard {

/// The process of a converter's tool. It runs in a process group of its own, is killed when the worker dies, and is
/// ended together with all processes that it has started. Its stdout is reported as it is written. The end of its
/// stderr is kept until takeErrors() is called; it is complete whenever stdout is. Main thread only.
class ToolProcess : public QObject
{
    Q_OBJECT

public:
    explicit ToolProcess(QObject *parent = nullptr);
    /// Kills the process group if the tool is still running.
    ~ToolProcess() override;

    /// Call it before start(). By default the tool inherits the worker's environment.
    void setEnvironment(const QProcessEnvironment &environment) { m_process.setProcessEnvironment(environment); }
    /// Restricts what the tool may do. Call it before start().
    void setSandbox(const SandboxPermissions &permissions);
    void start(const QString &program, const QStringList &arguments, const QString &workingFolder);
    void write(const QByteArray &bytes);
    /// Closes the tool's stdin after everything has been written.
    void closeInput();
    /// Kills the tool and all processes that it has started; ended() is emitted when all of them have ended.
    void killTree();
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// Returns the text written to stderr since the last call, at most the last errorLimit bytes.
    [[nodiscard]] QByteArray takeErrors();
    static constexpr qsizetype errorLimit = 1024 * 1024;

    /// Returns the pids of all running tools. Code that reaps orphans must leave these to QProcess.
    [[nodiscard]] static const QSet<qint64> &livePids();

Q_SIGNALS:
    void outputRead(const QByteArray &bytes);
    /// Emitted exactly once. how: for example "exit code 1" or "SIGSEGV". failedToStart: the tool never ran.
    void ended(const QString &how, bool failedToStart);

private:
    void readErrors();
    void onEnded(const QString &how, bool failedToStart);
    void emitEnded();

    QProcess m_process;
    std::optional<ToolSandbox> m_sandbox;
    int m_errorPipe = -1; ///< the end of stderr that is read
    std::unique_ptr<QSocketNotifier> m_errorNotifier;
    QByteArray m_errors; ///< the end of what was read from stderr, up to twice errorLimit
    qint64 m_pid = 0;
    bool m_isKilling = false;
    bool m_hasEnded = false;
    bool m_hasEmittedEnded = false;
    QString m_how;
    bool m_failedToStart = false;
};

} // namespace lifeguard
