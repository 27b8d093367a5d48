// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>

/// The exit code and the output of a program.
struct Outcome
{
    int code = -1; ///< -1 if the program crashed or did not end in time
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QJsonArray array() const;
    [[nodiscard]] QJsonObject object() const;
    [[nodiscard]] QByteArray all() const { return QByteArray(out).append(err); }
};

/// Runs the real lifeguardctl with a workspace and a database in a temporary folder. Calls block.
class CtlProgram
{
public:
    [[nodiscard]] static QString program();
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString filePath(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString database() const { return m_folder.filePath(QStringLiteral("jobs.db")); }
    [[nodiscard]] QProcessEnvironment environment() const;

    /// Runs the program with these arguments, --db and --workspace.
    Outcome call(QStringList arguments, int timeoutMs = 60000) const;
    /// Starts the program with these arguments, --db and --workspace, and does not wait for its end.
    void start(QProcess &process, QStringList arguments) const;
    /// Reads the output of a process until it contains the text, ends, or is silent for 30 s. Returns what was read.
    [[nodiscard]] static QByteArray readUntil(QProcess &process, const char *text);
    /// Writes a file in the workspace and returns its path.
    QString write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] bool submitNoop(int count, int sleepMs = 0) const;
    /// Returns the number of jobs with this status, as `lifeguardctl status` prints it; -1 if the command fails.
    [[nodiscard]] qint64 jobs(const QString &status) const;

private:
    QTemporaryDir m_folder;
};
