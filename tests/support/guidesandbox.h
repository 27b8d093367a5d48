// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/ctlprogram.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>

#include <memory>

namespace lifeguard::test {

/// A user who follows a page of the guide: a home folder, a workspace with a few inputs, and a shell that finds the
/// programs. Absolute paths and ports of the guide are replaced by those of the sandbox. Calls block.
class GuideSandbox
{
public:
    GuideSandbox();
    ~GuideSandbox();
    Q_DISABLE_COPY_MOVE(GuideSandbox)

    [[nodiscard]] QString filePath(const QString &name) const; ///< in the workspace
    /// Writes a file in the workspace, or in the root of the sandbox if the name begins with "../".
    void write(const QString &name, const QByteArray &text) const;

    /// Types a line into the shell. A line that goes on until Ctrl+C is interrupted after its first output, and must
    /// then end with exit code 0. `run` without --until-idle remains in the background until the next one begins, or
    /// the sandbox is destroyed. Returns what went wrong; empty: nothing.
    [[nodiscard]] QString type(const QString &line);
    /// Ends what is in the background. Returns what went wrong; empty: nothing.
    [[nodiscard]] QString endBackground();

private:
    [[nodiscard]] QString replaced(QString text) const;
    void start(QProcess &shell, const QString &line) const;
    [[nodiscard]] QString interrupt(QProcess &shell, const QString &line, int signalNumber) const;

    QTemporaryDir m_root;
    QProcessEnvironment m_environment;
    QString m_port;
    std::unique_ptr<QProcess> m_background;
    QString m_backgroundLine;
};

} // namespace lifeguard::test
