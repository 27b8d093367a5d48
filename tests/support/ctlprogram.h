// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>

/// What a call of a program answered.
struct Outcome
{
    int code = -1; ///< -1: it crashed, or did not end
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QJsonArray array() const;
    [[nodiscard]] QJsonObject object() const;
    [[nodiscard]] QByteArray all() const { return QByteArray(out).append(err); }
};

/// The real lifeguardctl, on a workspace and a database of its own that go with this object. For tests; calls block.
class CtlProgram
{
public:
    [[nodiscard]] static QString program();
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString filePath(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString database() const { return m_folder.filePath(QStringLiteral("jobs.db")); }
    [[nodiscard]] QProcessEnvironment environment() const;

    /// Adds --db and --workspace to the arguments.
    Outcome call(QStringList arguments, int timeoutMs = 60000) const;
    /// Writes a file of the workspace; answers its path.
    QString write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] bool submitNoop(int count, int sleepMs = 0) const;
    /// How many jobs are in that status, as the command status counts them.
    [[nodiscard]] qint64 jobs(const QString &status) const;

private:
    QTemporaryDir m_folder;
};
