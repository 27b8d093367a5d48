// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QSet>

namespace lifeguard {

/// A converter's tool: in a process group of its own, dead when the worker dies, ended with everything it started. stdout
/// comes as it is written; stderr is kept in memory until asked for, so that it is complete whenever stdout is. Main thread.
class ToolProcess : public QObject
{
    Q_OBJECT

public:
    explicit ToolProcess(QObject *parent = nullptr);
    ~ToolProcess() override; ///< kills its group if it still runs

    void setEnvironment(const QProcessEnvironment &environment) { m_process.setProcessEnvironment(environment); } ///< before start()
    void start(const QString &program, const QStringList &arguments, const QString &workingFolder);
    void write(const QByteArray &bytes);
    void closeInput(); ///< ends its stdin, once all that was written has been read
    /// Ends it with everything it started; ended() follows when all of it is gone.
    void killTree();
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    [[nodiscard]] QByteArray takeErrors(); ///< stderr since the last call

    /// Pids of all tools that run: what a reaper of orphans must leave to QProcess.
    [[nodiscard]] static const QSet<qint64> &livePids();

Q_SIGNALS:
    void outputRead(const QByteArray &bytes);
    /// Exactly once. how: "exit code 1", "SIGSEGV", "killed"; failedToStart: it never ran.
    void ended(const QString &how, bool failedToStart);

private:
    void onEnded(const QString &how, bool failedToStart);
    void emitEnded();

    QProcess m_process;
    int m_errors = -1; ///< an unnamed file in memory
    qint64 m_pid = 0;
    bool m_killing = false;
    bool m_isOver = false;
    bool m_hasTold = false;
    QString m_how;
    bool m_failedToStart = false;
};

} // namespace lifeguard
